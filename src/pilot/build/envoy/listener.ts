import type { XdsResource } from '../../xds/resource.js';
import { type BuildContext, leaveOut } from './context.js';
import { buildGateway } from './gateway-listener.js';
import { buildInbound } from './inbound-listener.js';
import { buildListener, type ListenerDraft } from './listener-draft.js';
import { buildOutbound } from './outbound-listener.js';
import { sortedBy } from '../fairlead/order.js';
import { buildVirtual } from './virtual-listener.js';

/** All that an Envoy listens to, by name. No two have one name or one address: Envoy would refuse the later one. */
export function buildListeners(context: BuildContext): XdsResource[] {
  const isRouter = context.view.proxy.type === 'router';
  const drafts = isRouter
    ? buildGateway(context)
    : [...buildVirtual(context), ...buildInbound(context), ...buildOutbound(context)];
  const listeners = withoutConflict(drafts, context).flatMap((draft) => buildListener(draft, context) ?? []);
  return sortedBy(listeners, ({ name }) => name);
}

/** Of two the earlier one stays. */
function withoutConflict(drafts: readonly ListenerDraft[], context: BuildContext): ListenerDraft[] {
  const taken = new Map<string, string>();
  return drafts.filter(({ name, address, port }) => {
    const place = `${address} ${port}`;
    // Port 0 stands for any that is free, and is never the same one.
    const holder = taken.get(`name ${name}`) ?? (port === 0 ? undefined : taken.get(place));
    if (holder !== undefined) {
      leaveOut(context, `${name} is left out: ${holder} has its place`);
      return false;
    }
    taken.set(`name ${name}`, name).set(place, name);
    return true;
  });
}
