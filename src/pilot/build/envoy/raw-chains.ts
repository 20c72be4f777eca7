import type { L4Rule } from '../../model/l4-rules.js';
import type { Target } from '../../model/proxy-view.js';
import type { Service } from '../../model/service.js';
import { isOneAddress, isUsable, ownWithin } from './address.js';
import type { Chain, ChainMatch } from './chain.js';
import { type BuildContext, leaveOut } from './context.js';
import { listenerName, outboundCluster } from './names.js';
import type { OutboundPort } from './outbound-ports.js';
import { buildDirect, buildRouted } from './tcp-proxy.js';

/** What becomes of connections to a port. */
export interface OutboundChains {
  /** Whatever address is called. */
  readonly general: readonly Chain[];
  /** Only for one address, which has a listener of its own. */
  readonly byAddress: ReadonlyMap<string, AddressChains>;
}

/** What becomes of connections to one address. */
export interface AddressChains {
  /** Whose it is. */
  readonly owner: string;
  readonly chains: () => readonly Chain[];
  /** Whether it is the same for all proxies that see the mesh alike. */
  readonly isShared: boolean;
}

/** What chains are for, and made of. */
export interface ChainSite {
  readonly port: OutboundPort;
  /** The name of the listener. */
  readonly name: string;
  /** Whether connections tell what address they wanted. */
  readonly knowsAddress: boolean;
  readonly context: BuildContext;
}

const anyAddress = '0.0.0.0';

/** Chains for TLS that is passed on: by the name of the server, or by address. */
export function tlsChains(target: Target, site: ChainSite): Chain[] {
  const { port, knowsAddress, context } = site;
  const { hostname, addresses } = target.service;
  const { tls } = context.view.connections(port.scope, target);
  const own = knowsAddress ? addresses.filter((address) => isUsable(address, context)) : [];
  const rules: readonly (L4Rule | undefined)[] = tls.length > 0 ? tls : [undefined];
  const named = rules.flatMap((rule) => {
    const serverNames = serverNamesOf(rule?.sniHosts ?? [hostname], hostname, context);
    const wanted = subnetsOf(rule, site);
    if (serverNames === undefined || wanted === undefined) return [];
    const within = rule === undefined ? [] : ownWithin(own, wanted);
    const places = within.length === 0 ? [wanted] : [wanted, within];
    return places.map((subnets) => rawChain({ target, rule, match: { transport: 'tls', serverNames, subnets } }, site));
  });
  if (own.length === 0) return named;
  // Clients without a name of the server are known by the address that they call.
  return [...named, rawChain({ target, rule: undefined, match: { transport: 'tls', subnets: own } }, site)];
}

/** Chains for connections of which nothing is known but the address called. */
export function tcpChains(target: Target, site: ChainSite): OutboundChains {
  const { service } = target;
  const { tcp } = site.context.view.connections(site.port.scope, target);
  const own = addressesOf(target, site);
  if (own === undefined) {
    leaveOut(site.context, `${service.hostname} has no address that the proxy's machine could call`);
    return { general: [], byAddress: new Map() };
  }
  const isWhole = tcp.some(({ subnets }) => subnets.length === 0);
  const rules: readonly (L4Rule | undefined)[] = isWhole ? tcp : [...tcp, undefined];
  const ranges = own.filter((address) => !isOneAddress(address));
  const chains = (): readonly Chain[] =>
    rules.flatMap((rule) => {
      const wanted = subnetsOf(rule, site);
      if (wanted === undefined) return [];
      const subnets = wanted.length === 0 ? [] : [...wanted, ...ownWithin(ranges, wanted)];
      return [rawChain({ target, rule, match: { subnets } }, site)];
    });
  const isShared = tcp.length === 0 && service.addresses.length > 0;
  const given = { owner: service.hostname, chains, isShared };
  // There are many services, and most have nothing but an address.
  const isElsewhere = isShared && own.length > 0 && ranges.length === 0;
  return {
    general: isElsewhere ? [] : chains().flatMap((chain) => generalChain(chain, service, { own, ranges })),
    byAddress: new Map(own.filter(isOneAddress).map((address) => [address, given])),
  };
}

/** The same beside the listeners of single addresses. */
function generalChain(
  chain: Chain,
  service: Service,
  { own, ranges }: { readonly own: readonly string[]; readonly ranges: readonly string[] },
): Chain[] {
  if (chain.match.subnets?.length !== 0) return [chain];
  // Instances come and go, and listeners do not follow them at once.
  if (isHeadless(service)) return [{ ...chain, isFallback: true }];
  if (own.length === 0) return [chain];
  return ranges.length > 0 ? [{ ...chain, match: { subnets: ranges } }] : [];
}

/** Whether clients call its instances by their own addresses. */
function isHeadless({ addresses, resolution, registry }: Service): boolean {
  return addresses.length === 0 && resolution === 'PASSTHROUGH' && registry === 'kubernetes';
}

/**
 * Where a service is called: its own addresses, or those of its instances where it has none (mesh.md 3.2). Empty for
 * anywhere, undefined for nowhere.
 */
function addressesOf(target: Target, { knowsAddress, context }: ChainSite): readonly string[] | undefined {
  const { addresses } = target.service;
  if (!knowsAddress) return [];
  if (addresses.length > 0) {
    const usable = addresses.filter((address) => isUsable(address, context));
    return usable.length > 0 ? usable : undefined;
  }
  if (!isHeadless(target.service)) return [];
  const instances = context.view.endpoints(target).flatMap((group) => group.instances);
  return [...new Set(instances.map(({ address }) => address))].filter((address) => isUsable(address, context));
}

/** Undefined for a rule that cannot apply. */
function subnetsOf(rule: L4Rule | undefined, { knowsAddress, context }: ChainSite): readonly string[] | undefined {
  const { subnets = [] } = rule ?? {};
  const usable = knowsAddress ? subnets.filter((subnet) => isUsable(subnet, context)) : [];
  return subnets.length > 0 && usable.length === 0 ? undefined : usable;
}

/** Undefined where no name is left; Envoy knows wildcards for whole labels only. */
export function serverNamesOf(
  names: readonly string[],
  owner: string,
  context: BuildContext,
): readonly string[] | undefined {
  if (names.includes('*')) return [];
  const sound = names.map((name) => name.toLowerCase()).filter((name) => /^(?:\*\.)?[^*]+$/.test(name));
  if (sound.length < names.length) leaveOut(context, `${owner}: a wildcard of Envoy stands for whole labels`);
  return sound.length === 0 ? undefined : sound.toSorted();
}

interface Raw {
  readonly target: Target;
  /** Undefined: to the service itself. */
  readonly rule: L4Rule | undefined;
  readonly match: ChainMatch;
}

function rawChain({ target, rule, match }: Raw, { port: { number }, context }: ChainSite): Chain {
  const work =
    rule === undefined ? buildDirect(context, outboundCluster(target)) : buildRouted(context, rule.route, number);
  const [name = anyAddress] = [...(match.serverNames ?? []), ...(match.subnets ?? [])];
  return { name: listenerName(name, number), owner: target.service.hostname, route: rule?.route, match, ...work };
}
