import { Direction, type FilterChain, type Listener } from '../../../gen/fairlead/proxy/v1/listener.js';
import type { RouteTable } from '../../../gen/fairlead/proxy/v1/route.js';
import { isSocketPath } from '../../kinds/checks/address.js';
import { isHttp, parseProtocol } from '../../kinds/protocols.js';
import type { SidecarEgress } from '../../kinds/sidecar.js';
import type { Target } from '../../model/proxy-view.js';
import { portOf, type Service } from '../../model/service.js';
import type { EgressScope } from '../../model/sidecar-scope.js';
import { buildChain, buildDirectFilter, buildHttpFilter } from './filter.js';
import { bound } from './inbound-port.js';
import { outboundHttpMixer } from './mixer.js';
import { blackHoleCluster, httpProxyTable, listenerName, passthroughCluster } from './names.js';
import { type BuildContext, leaveOut, once } from './options.js';
import { outboundChains, type OutboundPort } from './outbound-chains.js';
import { buildOutboundTable } from './route.js';

/** What the own workload's calls go through. */
export interface Outbound {
  readonly listeners: Listener[];
  readonly tables: RouteTable[];
}

const loopback = '127.0.0.1';
// An application that speaks plain HTTP there is mostly a mistake, and would take the port from all HTTPS.
const httpsPort = 443;

/** The listeners for what leaves the workload of a sidecar, and their routes. */
export function buildOutbound(context: BuildContext): Outbound {
  const { scope } = context.view;
  const said = scope.egress.flatMap((one) => egressPort(one, context));
  const rest = scope.egress.find(({ listener }) => listener?.port === undefined) ?? nothing;
  const own = new Set(said.map(({ number }) => number));
  const usual = portsOf(rest.services)
    .filter((number) => !own.has(number))
    .map((number): OutboundPort => {
      const table = outboundTable(context, { name: String(number), scope: rest, port: number });
      return {
        number,
        scope: rest,
        table,
        isHttp: false,
        targets: targetsAt(rest.services, number, context),
        byAddress: true,
      };
    });
  const ports = [...said, ...usual].sort((a, b) => a.number - b.number);
  const proxyTable = outboundTable(context, { name: httpProxyTable, scope: rest, port: 0 });
  const all = context.options.outboundPorts === 'all' ? usual : [];
  const listeners = [
    ...said.flatMap((port) => portListener(port, context)),
    ...all.flatMap((port) => portListener({ ...port, isBound: true, address: addressOf(context) }, context)),
    httpProxy(proxyTable, context),
    originalDestinations(
      ports.filter(({ number }) => number !== 0),
      context,
    ),
  ];
  const used = new Set(listeners.flatMap((one) => one.chains.map(({ http }) => http?.routeTable)));
  return { listeners, tables: [...ports.map(({ table }) => table), proxyTable].filter(({ name }) => used.has(name)) };
}

interface BoundPort extends OutboundPort {
  readonly address: string;
  /** False for what only redirected connections come to. */
  readonly isBound: boolean;
}

function outboundTable(context: BuildContext, of: Parameters<typeof buildOutboundTable>[1]): RouteTable {
  return once(context, `table ${of.name}`, () => buildOutboundTable(context, of));
}

const nothing: EgressScope = { listener: undefined, services: [], virtualServices: [] };

function addressOf({ options }: BuildContext): string {
  return options.outboundAddress ?? loopback;
}

/** A listener that a Sidecar names. Without iptables, all that are not kept to it are real ones. */
function egressPort(scope: EgressScope, context: BuildContext): BoundPort[] {
  const { listener } = scope;
  if (listener?.port === undefined) return [];
  const isSocket = isSocketPath(listener.bind);
  // A socket has no port: its callers name that of the service, as those of the HTTP proxy do.
  const number = isSocket ? 0 : listener.port.number;
  const table = outboundTable(context, { name: isSocket ? listener.bind : String(number), scope, port: number });
  return [
    {
      number,
      scope,
      table,
      isHttp: isHttp(parseProtocol(listener.port.protocol) ?? 'AUTO'),
      targets: egressTargets(listener, scope),
      byAddress: true,
      address: listener.bind || addressOf(context),
      isBound: listener.captureMode !== 'IPTABLES',
    },
  ];
}

/** What a Sidecar's listener that is not HTTP leads to: the same port of services, or their only one. */
function egressTargets({ port }: SidecarEgress, { services }: EgressScope): Target[] {
  const protocol = parseProtocol(port?.protocol ?? '') ?? 'AUTO';
  return services.flatMap((service) => {
    const [only] = service.ports.length === 1 ? service.ports : [];
    const found = portOf(service, port?.number ?? 0) ?? only;
    return found === undefined || found.protocol === 'UDP' ? [] : [{ service, port: { ...found, protocol } }];
  });
}

function targetsAt(services: readonly Service[], number: number, context: BuildContext): Target[] {
  return services.flatMap((service) => {
    const port = portOf(service, number);
    if (port === undefined || port.protocol === 'UDP') return [];
    if (number !== httpsPort || !isHttp(port.protocol)) return [{ service, port }];
    leaveOut(context, `${service.hostname} speaks HTTP on port ${httpsPort}, which is kept for HTTPS`);
    return [];
  });
}

function portsOf(services: readonly Service[]): readonly number[] {
  const ports = services.flatMap((service) => service.ports).filter(({ protocol }) => protocol !== 'UDP');
  return [...new Set(ports.map(({ number }) => number))].sort((a, b) => a - b);
}

function portListener(port: BoundPort, context: BuildContext): Listener[] {
  const chains = outboundChains({ ...port, byAddress: false }, context);
  if (!port.isBound || chains.length === 0) return [];
  return [
    {
      name: listenerName(port.address, port.number),
      address: port.address,
      port: bound(port.number, context.options, port.address),
      direction: Direction.OUTBOUND,
      proxyProtocol: false,
      chains,
      limits: undefined,
    },
  ];
}

function httpProxy(table: RouteTable, context: BuildContext): Listener {
  const address = addressOf(context);
  const { proxyHttpPort } = context.view.mesh;
  const http = buildHttpFilter(context, {
    statPrefix: `outbound_${httpProxyTable}`,
    routeTable: table.name,
    mixer: outboundHttpMixer(context, table),
    isHttpProxy: true,
    operation: 'egress',
  });
  return {
    name: listenerName(address, proxyHttpPort),
    address,
    port: bound(proxyHttpPort, context.options),
    direction: Direction.OUTBOUND,
    proxyProtocol: false,
    chains: [buildChain(httpProxyTable, { http })],
    limits: undefined,
  };
}

/** Takes connections that say by PROXY header where they wanted to go; what nobody knows goes there, or nowhere. */
function originalDestinations(ports: readonly OutboundPort[], context: BuildContext): Listener {
  const { proxyListenPort } = context.view.mesh;
  const chains = ports.flatMap((port) =>
    outboundChains(port, context).map((chain): FilterChain => {
      const { match } = chain;
      return match === undefined ? chain : { ...chain, match: { ...match, destinationPort: port.number } };
    }),
  );
  const cluster = context.view.scope.outboundTrafficMode === 'ALLOW_ANY' ? passthroughCluster : blackHoleCluster;
  return {
    name: 'virtualOutbound',
    address: addressOf(context),
    port: bound(proxyListenPort, context.options),
    direction: Direction.OUTBOUND,
    proxyProtocol: true,
    chains: [...chains, buildChain(cluster, { tcp: buildDirectFilter(context, cluster, cluster) })],
    limits: undefined,
  };
}
