import { bound } from '../fairlead/inbound-port.js';
import type { BuildContext } from './context.js';
import type { ListenerDraft } from './listener-draft.js';
import {
  blackHoleCluster,
  inboundPassthroughCluster,
  passthroughCluster,
  virtualInboundListener,
  virtualInboundPort,
  virtualOutboundListener,
} from './names.js';
import { buildDirect } from './tcp-proxy.js';

const anyAddress = '0.0.0.0';

/**
 * The two listeners that redirected connections come to. They hand them to the listener of the address that was called;
 * what there is none for goes where it wanted, or nowhere (mesh.md 3.2).
 */
export function buildVirtual(context: BuildContext): ListenerDraft[] {
  const { scope, mesh } = context.view;
  const { options } = context;
  if (options.interception === 'none') return [];
  const outside = scope.outboundTrafficMode === 'ALLOW_ANY' ? passthroughCluster : blackHoleCluster;
  const outbound = {
    name: virtualOutboundListener,
    address: options.outboundAddress ?? anyAddress,
    port: bound(mesh.proxyListenPort, options),
    direction: 'OUTBOUND',
  } as const;
  const inbound = {
    name: virtualInboundListener,
    address: options.inboundAddress ?? anyAddress,
    port: bound(virtualInboundPort, options),
    direction: 'INBOUND',
  } as const;
  return [virtual(outbound, outside, context), virtual(inbound, inboundPassthroughCluster, context)];
}

type Given = Pick<ListenerDraft, 'name' | 'address' | 'port' | 'direction'>;

function virtual(given: Given, cluster: string, context: BuildContext): ListenerDraft {
  const rest = { name: cluster, owner: cluster, match: {}, ...buildDirect(context, cluster) };
  // Who calls the listener itself would be passed on to it for ever.
  const match = { port: given.port };
  const loop = { name: `${given.name}-self`, owner: given.name, match, ...buildDirect(context, blackHoleCluster) };
  return { ...given, isBound: true, isVirtual: true, chains: () => [loop, rest] };
}
