import { isIPv6 } from 'node:net';
import { type BuildContext, leaveOut } from './context.js';
import { buildHttp } from './hcm.js';
import { isUsablePath, usableInboundPorts } from './inbound-ports.js';
import type { ListenerDraft } from './listener-draft.js';
import { httpProxyTable, listenerName } from './names.js';
import { outboundChains, passingOn } from './outbound-chains.js';
import { type OutboundPort, outboundPorts } from './outbound-ports.js';
import { bound } from '../fairlead/inbound-port.js';

const loopback = '127.0.0.1';
const anyAddress = '0.0.0.0';

/** The listeners for what leaves the workload of a sidecar (mesh.md 2.5, 3.2). */
export function buildOutbound(context: BuildContext): ListenerDraft[] {
  const own = ownPorts(context);
  const ports = outboundPorts(context.view).flatMap((port) => placeOf(port, context));
  const free = ports.filter(({ port, address, realPort, isBound }) => {
    if (!isBound || address !== loopback || !own.has(realPort)) return true;
    leaveOut(context, `the workload itself has port ${port.number} of ${loopback}: nothing is called there`);
    return false;
  });
  return [...free.flatMap((place) => portListeners(place, context)), httpProxy(context)];
}

/** What these listeners depend on besides what the proxy sees; undefined where nobody else has the same. */
export function outboundKey(context: BuildContext): string | undefined {
  const { view, options } = context;
  const { bindPort, outboundAddress, interception, traceSampling } = options;
  if (bindPort !== undefined) return undefined;
  // Only a listener that is bound can be in the way of the workload.
  const isInTheWay = interception === 'none' || view.scope.config !== undefined;
  const own = isInTheWay ? [...ownPorts(context)] : [];
  return JSON.stringify([view.proxy.ips.some(isIPv6), outboundAddress, interception, traceSampling, own]);
}

/** A port, and where its listener is. */
interface Place {
  readonly port: OutboundPort;
  readonly name: string;
  readonly address: string;
  readonly realPort: number;
  readonly isBound: boolean;
}

/** Redirected connections come by the virtual listener; all others need one that is bound. */
function placeOf(port: OutboundPort, context: BuildContext): Place[] {
  const { listener, number } = port;
  const { bind = '', captureMode = 'DEFAULT' } = listener ?? {};
  if (bind.startsWith('unix://')) return socketPlace(port, context);
  const isRedirected = context.options.interception !== 'none';
  if (captureMode === 'NONE' || (captureMode === 'DEFAULT' && !isRedirected)) return boundPlace(port, bind, context);
  if (!isRedirected) {
    leaveOut(context, `port ${number} of a Sidecar wants redirected connections, which there are none of`);
    return [];
  }
  const address = bind || anyAddress;
  return [{ port, name: listenerName(address, number), address, realPort: number, isBound: false }];
}

function boundPlace(port: OutboundPort, bind: string, { options }: BuildContext): Place[] {
  const { number } = port;
  const address = bind || (options.outboundAddress ?? loopback);
  const name = listenerName(bind || loopback, number);
  return [{ port, name, address, realPort: bound(number, options), isBound: true }];
}

function socketPlace(port: OutboundPort, context: BuildContext): Place[] {
  const path = port.routeName;
  if (isUsablePath(path)) return [{ port, name: path, address: path, realPort: 0, isBound: true }];
  leaveOut(context, `the path of a socket is too long: ${path}`);
  return [];
}

function portListeners({ port, name, address, realPort, isBound }: Place, context: BuildContext): ListenerDraft[] {
  const { general, byAddress } = outboundChains({ port, name, knowsAddress: !isBound, context });
  const listener = (given: Pick<ListenerDraft, 'name' | 'address' | 'chains' | 'isShared'>): ListenerDraft => ({
    port: realPort,
    isBound,
    direction: 'OUTBOUND',
    ...given,
  });
  const others = isBound || address !== anyAddress ? [] : passingOn(general, context);
  return [
    ...(general.length === 0 ? [] : [listener({ name, address, chains: () => [...general, ...others] })]),
    ...[...byAddress].map(([own, given]) => listener({ name: listenerName(own, port.number), address: own, ...given })),
  ];
}

/** For clients that know of the proxy and ask it for whole URLs. */
function httpProxy(context: BuildContext): ListenerDraft {
  const { proxyHttpPort } = context.view.mesh;
  const name = listenerName(loopback, proxyHttpPort);
  const http = buildHttp(context, {
    ...{ side: 'outbound', protocol: undefined },
    statPrefix: `outbound_${httpProxyTable}`,
    routes: httpProxyTable,
  });
  return {
    name,
    address: context.options.outboundAddress ?? loopback,
    port: bound(proxyHttpPort, context.options),
    isBound: true,
    direction: 'OUTBOUND',
    chains: () => [{ name: httpProxyTable, owner: httpProxyTable, match: {}, ...http }],
  };
}

/** Where the own workload listens: to listen there too would take its calls, or fail. */
function ownPorts(context: BuildContext): ReadonlySet<number> {
  return new Set(usableInboundPorts(context).map(({ target }) => target.port));
}
