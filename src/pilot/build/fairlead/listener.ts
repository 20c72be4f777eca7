import type { Listener } from '../../../gen/fairlead/proxy/v1/listener.js';
import type { RouteTable } from '../../../gen/fairlead/proxy/v1/route.js';
import { buildGateway } from './gateway-listener.js';
import { buildInboundListener } from './inbound-listener.js';
import type { InboundPort } from './inbound-port.js';
import { type BuildContext, leaveOut } from './options.js';
import { sortedBy } from './order.js';
import { buildOutbound } from './outbound-listener.js';

/** All that a proxy listens to, and the routes that listeners refer to. */
export function buildListeners(
  context: BuildContext,
  inbound: readonly InboundPort[],
): { readonly listeners: Listener[]; readonly tables: RouteTable[] } {
  const isRouter = context.view.proxy.type === 'router';
  const { listeners: outbound, tables } = isRouter ? buildGateway(context) : buildOutbound(context);
  const listeners = new Map<string, Listener>();
  for (const listener of [...inbound.map((port) => buildInboundListener(port, context)), ...outbound]) {
    if (listeners.has(listener.name)) leaveOut(context, `another listener has ${listener.name}`);
    else listeners.set(listener.name, listener);
  }
  return {
    listeners: sortedBy([...listeners.values()], ({ name }) => name),
    tables: sortedBy(tables, ({ name }) => name),
  };
}
