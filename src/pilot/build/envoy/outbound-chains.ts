import { isHttp, isTls, parseProtocol } from '../../kinds/protocols.js';
import type { Target } from '../../model/proxy-view.js';
import { portOf } from '../../model/service.js';
import { isUsable } from './address.js';
import type { Chain } from './chain.js';
import { type BuildContext, leaveOut } from './context.js';
import { buildHttp } from './hcm.js';
import { listenerName, passthroughCluster } from './names.js';
import type { OutboundPort } from './outbound-ports.js';
import { type AddressChains, type ChainSite, type OutboundChains, tcpChains, tlsChains } from './raw-chains.js';
import { buildDirect } from './tcp-proxy.js';

// An application that speaks plain HTTP there is mostly a mistake, and would take the port from all HTTPS.
const httpsPort = 443;

/** The chains for a port: HTTP by host, TLS by name of the server, other connections by address (mesh.md 3.2). */
export function outboundChains(site: ChainSite): OutboundChains {
  const said = parseProtocol(site.port.listener?.port?.protocol ?? '');
  if (said !== undefined && isHttp(said)) return { general: [httpChain(site)], byAddress: new Map() };
  let made: Chain | undefined;
  // All hosts share the routes of the port.
  const http = (): Chain => (made ??= httpChain(site));
  const targets = targetsOf(site.port, site.context);
  const all = targets.map((target) => chainsOf(target, site, http));
  const byAddress = all.flatMap((one) => [...one.byAddress]);
  const general = [...new Set(all.flatMap((one) => one.general)), ...httpAt(targets, site, http)];
  return { general, byAddress: firstOf(byAddress, site) };
}

/**
 * HTTP at the addresses of services that may speak TLS too: Envoy, which finds chains for such an address, does not go
 * on to the chain for all of them.
 */
function httpAt(targets: readonly Target[], { knowsAddress, context }: ChainSite, http: () => Chain): Chain[] {
  if (!knowsAddress) return [];
  const either = targets.filter(({ port }) => port.protocol === 'AUTO');
  const addresses = either.flatMap(({ service }) => service.addresses).filter((address) => isUsable(address, context));
  return addresses.length === 0 ? [] : [{ ...http(), match: { subnets: addresses } }];
}

/**
 * For connections to others that happen to use the port of services: where anything may be called they go where they
 * wanted to, as those to all other ports do.
 */
export function passingOn(chains: readonly Chain[], context: BuildContext): Chain[] {
  const general = chains.filter(({ match: { transport, serverNames = [], subnets = [] } }) => {
    return transport === undefined && serverNames.length + subnets.length === 0;
  });
  const isInspected = chains.some(({ match }) => match.transport !== undefined);
  const hasHttp = general.some(({ isPlainHttp }) => isPlainHttp);
  const isTaken = general.length > (hasHttp ? 1 : 0) || (hasHttp && !isInspected);
  if (isTaken || context.view.scope.outboundTrafficMode !== 'ALLOW_ANY') return [];
  const rest = { name: passthroughCluster, owner: passthroughCluster, isFallback: true };
  const work = buildDirect(context, passthroughCluster);
  if (!isInspected) return [{ ...rest, ...work, match: {} }];
  const transports = hasHttp ? (['tls'] as const) : (['tls', 'raw_buffer'] as const);
  return transports.map((transport) => ({ ...rest, ...work, match: { transport } }));
}

function chainsOf(target: Target, site: ChainSite, http: () => Chain): OutboundChains {
  const { protocol } = target.port;
  const byAddress = new Map<string, AddressChains>();
  if (isHttp(protocol)) return { general: [http()], byAddress };
  if (isTls(protocol)) return { general: tlsChains(target, site), byAddress };
  if (protocol === 'AUTO') return { general: [http(), ...tlsChains(target, site)], byAddress };
  return tcpChains(target, site);
}

/** Of two services with one address the older one stays. */
function firstOf(
  all: readonly (readonly [address: string, chains: AddressChains])[],
  { port, context }: ChainSite,
): ReadonlyMap<string, AddressChains> {
  const first = new Map<string, AddressChains>();
  for (const [address, chains] of all) {
    const holder = first.get(address);
    if (holder === undefined) first.set(address, chains);
    else leaveOut(context, `${chains.owner} loses ${listenerName(address, port.number)} to ${holder.owner}`);
  }
  return first;
}

/** What a port leads to where it is not all HTTP, the oldest first. */
function targetsOf({ number, scope, listener }: OutboundPort, context: BuildContext): Target[] {
  const protocol = parseProtocol(listener?.port?.protocol ?? '');
  return scope.services.flatMap((service) => {
    const [only] = service.ports.length === 1 && listener !== undefined ? service.ports : [];
    const port = portOf(service, listener?.port?.number ?? number) ?? only;
    if (port === undefined || port.protocol === 'UDP') return [];
    if (protocol !== undefined) return [{ service, port: { ...port, protocol } }];
    if (number !== httpsPort || !isHttp(port.protocol)) return [{ service, port }];
    leaveOut(context, `${service.hostname} speaks HTTP on port ${httpsPort}, which is kept for HTTPS`);
    return [];
  });
}

function httpChain({ port, name, context }: ChainSite): Chain {
  const site = {
    side: 'outbound',
    protocol: undefined,
    statPrefix: `outbound_${name}`,
    routes: port.routeName,
  } as const;
  return { name, owner: 'HTTP', match: {}, isPlainHttp: true, ...buildHttp(context, site) };
}
