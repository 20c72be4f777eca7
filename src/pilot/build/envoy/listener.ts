import { isIP } from 'node:net';
import type { XdsResource } from '../../xds/resource.js';
import { layered, type ResourceMap } from '../../xds/snapshot.js';
import { type BuildContext, leaveOut } from './context.js';
import { buildGateway } from './gateway-listener.js';
import { buildInbound } from './inbound-listener.js';
import { buildListener, type ListenerDraft } from './listener-draft.js';
import { buildOutbound, outboundKey } from './outbound-listener.js';
import type { OutboundResources } from './outbound-resources.js';
import { sortedBy } from '../fairlead/order.js';
import { buildVirtual } from './virtual-listener.js';

/** Whether there is a cluster of a name. */
type IsCluster = (name: string) => boolean;

/** All that an Envoy listens to, by name. No two have one name or one address: Envoy would refuse the later one. */
export function buildListeners(context: BuildContext, outbound: OutboundResources, isCluster: IsCluster): ResourceMap {
  if (context.view.proxy.type === 'router') return makeAll(buildGateway(context), context, isCluster);
  const own = [...buildVirtual(context), ...buildInbound(context)];
  const key = outboundKey(context);
  if (key === undefined) return makeAll([...own, ...buildOutbound(context)], context, isCluster);
  const shared = outbound.alike(`listeners ${key}`, context, () => {
    const drafts = buildOutbound(context);
    const taken = new Map<string, string>();
    return { drafts, map: makeAll(drafts, context, isCluster, taken), taken };
  });
  const isFree = own.every((draft) => placesOf(draft).every((place) => !shared.taken.has(place)));
  // The own workload has what others call: their listeners are not its.
  if (!isFree) return makeAll([...own, ...shared.drafts], context, isCluster);
  return layered(makeAll(own, context, isCluster), shared.map);
}

function makeAll(
  drafts: readonly ListenerDraft[],
  context: BuildContext,
  isCluster: IsCluster,
  taken = new Map<string, string>(),
): ReadonlyMap<string, XdsResource> {
  const free = withoutConflict(drafts, context, taken);
  const listeners = free.flatMap((draft) => buildListener(draft, context) ?? []);
  return new Map(sortedBy(listeners, ({ name }) => name).map((one) => [one.name, withoutUnknown(one, isCluster)]));
}

/** Of two the earlier one stays. */
function withoutConflict(
  drafts: readonly ListenerDraft[],
  context: BuildContext,
  taken: Map<string, string>,
): ListenerDraft[] {
  return drafts.filter((draft) => {
    const { name } = draft;
    const places = placesOf(draft);
    const holder = places.map((place) => taken.get(place)).find((one) => one !== undefined);
    if (holder !== undefined) {
      leaveOut(context, `${name} is left out: ${holder} has its place`);
      return false;
    }
    for (const place of places) taken.set(place, name);
    return true;
  });
}

/** What there can be only one listener of. Port 0 of an address stands for any that is free, and is never the same one. */
function placesOf({ name, address, port }: ListenerDraft): readonly string[] {
  const isAny = port === 0 && isIP(address) > 0;
  return isAny ? [`name ${name}`] : [`name ${name}`, `${address} ${port}`];
}

/** A connection to a cluster that there is not just ends: the listener does not wait for one. */
function withoutUnknown(listener: XdsResource, isCluster: IsCluster): XdsResource {
  const references = listener.references.filter(({ kind, name }) => kind !== 'cluster' || isCluster(name));
  return references.length === listener.references.length ? listener : { ...listener, references };
}
