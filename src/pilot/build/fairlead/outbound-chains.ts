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
  const taken = new Map<string, string>();
  return port.targets.flatMap((target) =>
    claimsOf(target, port, context).flatMap(({ key, owner, make }) => {
      const other = taken.get(key);
      if (other === undefined) {
        taken.set(key, owner);
        return [make()];
      }
      // Of two for the same connections the one of the older service stays.
      if (other !== owner) leaveOut(context, `${target.service.hostname} loses port ${port.number} to ${other}`);
      return [];
    }),
  );
}

/** A chain for connections of one kind. */
interface Claim {
  /** What the connections are told apart by. */
  readonly key: string;
  readonly owner: string;
  readonly make: () => FilterChain;
}

function claimsOf(target: Target, port: OutboundPort, context: BuildContext): Claim[] {
  const { protocol } = target.port;
  // All hosts share the routes of the port.
  const http = { key: anyAddress, owner: 'HTTP', make: () => httpChain(port, context) };
  const raw = (routed: Routed): Claim => ({
    key: routed.key,
    owner: target.service.hostname,
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
  const rules: readonly (L4Rule | undefined)[] = tls.length > 0 ? tls : [undefined];
  const named = rules.map((rule): Routed => {
    const serverNames = [...(rule?.sniHosts ?? [service.hostname])];
    const destinationSubnets = [...(rule?.subnets ?? [])];
    const [name = ''] = serverNames;
    const match = { transport: Transport.TLS, serverNames, destinationSubnets };
    return { key: JSON.stringify([serverNames, destinationSubnets]), name, match, target, rule };
  });
  if (!byAddress || service.addresses.length === 0) return named;
  const destinationSubnets = [...service.addresses];
  const match = { transport: Transport.TLS, destinationSubnets };
  const name = destinationSubnets[0] ?? '';
  return [...named, { key: JSON.stringify([[], destinationSubnets]), name, match, target, rule: undefined }];
}

function tcpMatches(target: Target, { scope, byAddress }: OutboundPort, { view }: BuildContext): Routed[] {
  const { tcp } = view.connections(scope, target);
  const addresses = byAddress ? addressesOf(target.service, view) : [];
  const rules: readonly (L4Rule | undefined)[] = tcp.some(({ subnets }) => subnets.length === 0)
    ? tcp
    : [...tcp, undefined];
  return rules.map((rule) => {
    const destinationSubnets = [...(rule === undefined || rule.subnets.length === 0 ? addresses : rule.subnets)];
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
