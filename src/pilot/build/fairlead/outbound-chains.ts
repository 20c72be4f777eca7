import { isIP } from 'node:net';
import {
  type ChainMatch,
  ChainMatch_Transport as Transport,
  type FilterChain,
} from '../../../gen/fairlead/proxy/v1/listener.js';
import type { RouteTable } from '../../../gen/fairlead/proxy/v1/route.js';
import { isHttp, isTls } from '../../kinds/protocols.js';
import type { L4Rule } from '../../model/l4-rules.js';
import { clusterName } from '../../model/naming.js';
import type { Target } from '../../model/proxy-view.js';
import type { Service } from '../../model/service.js';
import type { EgressScope } from '../../model/sidecar-scope.js';
import { ownWithin } from '../envoy/address.js';
import { buildChain, buildDirectFilter, buildHttpFilter, buildRoutedFilter } from './filter.js';
import { outboundHttpMixer } from './mixer.js';
import { listenerName } from './names.js';
import { type BuildContext, leaveOut } from './options.js';

/** A port that the workload's clients call. */
export interface OutboundPort {
  readonly number: number;
  readonly scope: EgressScope;
  readonly table: RouteTable;
  /** True where all is HTTP because a Sidecar says so. */
  readonly isHttp: boolean;
  /** What is called there, the oldest first. */
  readonly targets: readonly Target[];
  /** True where connections tell what address they wanted, so that services can be told apart by it. */
  readonly byAddress: boolean;
}

const anyAddress = '0.0.0.0';

/** The chains for a port: HTTP by host, TLS by name of the server, other connections by address (mesh.md 3.2). */
export function outboundChains(port: OutboundPort, context: BuildContext): FilterChain[] {
  if (port.isHttp) return [httpChain(port, context)];
  const taken = new Map<string, Claim>();
  return port.targets.flatMap((target) =>
    claimsOf(target, port, context).flatMap((claim) => {
      const { key, owner, route, make } = claim;
      const other = taken.get(key);
      if (other === undefined) {
        taken.set(key, claim);
        return [make()];
      }
      // Of two for the same connections the one of the older service stays; by one rule both lead to the same place.
      const isAlike = other.owner === owner || (route !== undefined && other.route === route);
      if (!isAlike) leaveOut(context, `${target.service.hostname} loses port ${port.number} to ${other.owner}`);
      return [];
    }),
  );
}

/** A chain for connections of one kind. */
interface Claim {
  /** What the connections are told apart by. */
  readonly key: string;
  readonly owner: string;
  /** Of the rule that it follows. */
  readonly route?: L4Rule['route'] | undefined;
  readonly make: () => FilterChain;
}

function claimsOf(target: Target, port: OutboundPort, context: BuildContext): Claim[] {
  const { protocol } = target.port;
  // All hosts share the routes of the port.
  const http: Claim = { key: anyAddress, owner: 'HTTP', make: () => httpChain(port, context) };
  const raw = (routed: Routed): Claim => ({
    key: routed.key,
    owner: target.service.hostname,
    route: routed.rule?.route,
    make: () => rawChain(routed, port, context),
  });
  if (isHttp(protocol)) return [http];
  if (isTls(protocol)) return tlsMatches(target, port, context).map(raw);
  if (protocol === 'AUTO') return [http, ...tlsMatches(target, port, context).map(raw)];
  return tcpMatches(target, port, context).map(raw);
}

interface Routed {
  readonly key: string;
  readonly name: string;
  readonly match: Partial<ChainMatch>;
  readonly target: Target;
  /** Undefined: to the service itself. */
  readonly rule: L4Rule | undefined;
}

function httpChain({ number, table }: OutboundPort, context: BuildContext): FilterChain {
  const http = buildHttpFilter(context, {
    statPrefix: `outbound_${number}`,
    routeTable: table.name,
    mixer: outboundHttpMixer(context, table),
    operation: 'egress',
  });
  return buildChain(listenerName(anyAddress, number), { match: { transport: Transport.PLAINTEXT }, http });
}

function tlsMatches(target: Target, { scope, byAddress }: OutboundPort, { view }: BuildContext): Routed[] {
  const { service } = target;
  const { tls } = view.connections(scope, target);
  const own = byAddress ? service.addresses : [];
  const rules: readonly (L4Rule | undefined)[] = tls.length > 0 ? tls : [undefined];
  const named = rules.flatMap((rule): Routed[] => {
    const serverNames = [...(rule?.sniHosts ?? [service.hostname])];
    const wanted = rule?.subnets ?? [];
    const within = rule === undefined ? [] : ownWithin(own, wanted);
    const [name = ''] = serverNames;
    return (within.length === 0 ? [wanted] : [wanted, within]).map((subnets) => {
      const match = { transport: Transport.TLS, serverNames, destinationSubnets: [...subnets] };
      return { key: JSON.stringify([serverNames, subnets]), name, match, target, rule };
    });
  });
  if (own.length === 0) return named;
  const match = { transport: Transport.TLS, destinationSubnets: [...own] };
  return [...named, { key: JSON.stringify([[], own]), name: own[0] ?? '', match, target, rule: undefined }];
}

function tcpMatches(target: Target, { scope, byAddress }: OutboundPort, { view }: BuildContext): Routed[] {
  const { tcp } = view.connections(scope, target);
  const addresses = byAddress ? addressesOf(target.service, view) : [];
  const rules: readonly (L4Rule | undefined)[] = tcp.some(({ subnets }) => subnets.length === 0)
    ? tcp
    : [...tcp, undefined];
  return rules.map((rule) => {
    const wanted = rule?.subnets ?? [];
    const destinationSubnets = wanted.length === 0 ? [...addresses] : [...wanted, ...ownWithin(addresses, wanted)];
    const [name = anyAddress] = destinationSubnets;
    const isAny = destinationSubnets.length === 0;
    const key = isAny ? anyAddress : JSON.stringify(destinationSubnets.toSorted());
    return { key, name, match: { destinationSubnets }, target, rule };
  });
}

/** Who calls a service without an address calls one of its pods: they are told apart by those (mesh.md 3.2). */
function addressesOf(service: Service, view: BuildContext['view']): readonly string[] {
  if (service.addresses.length > 0 || service.resolution !== 'PASSTHROUGH') return service.addresses;
  const pods = view.instances(service).map(({ address }) => address);
  return [...new Set(pods.filter((address) => isIP(address) > 0))].sort();
}

function rawChain({ name, match, target, rule }: Routed, { number }: OutboundPort, context: BuildContext): FilterChain {
  const { service, port } = target;
  const cluster = clusterName({ direction: 'outbound', port: port.number, subset: '', host: service.hostname });
  const tcp =
    rule === undefined
      ? buildDirectFilter(context, cluster, service)
      : buildRoutedFilter(context, rule.route, port.number);
  return buildChain(listenerName(name, number), { match, tcp });
}
