import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { DiscoveryRequest } from '../../gen/envoy/service/discovery/v3/discovery.js';
import type { Protocol } from './protocol.js';
import { type ResourceKind, typeUrls } from './resource.js';
import type { ResourceMap } from './snapshot.js';
import type { Plan, Subscription } from './subscription.js';

/** The name that stands for everything. */
export const everything = '*';

/** Of these a response has all that there is: what is missing is deleted. */
export function isWhole(kind: ResourceKind): boolean {
  return kind === 'cluster' || kind === 'listener';
}

/** State of the world: a request names all that is wanted, and a response for CDS and LDS has all of it. */
export const sotw: Protocol<DiscoveryRequest> = {
  name: 'sotw',
  tellsRemovals: isWhole,
  countNames: ({ resourceNames }) => resourceNames.length,
  apply(subscription, { resourceNames }, { isFirst, isStale }) {
    // Whoever has not seen the last response yet will say the same again, with its nonce.
    if (isStale) return;
    const { names, kind } = subscription;
    const wanted = new Set(resourceNames);
    const named = wanted.delete(everything);
    const wasWildcard = subscription.isWildcard;
    // No name means everything only for as long as there was none.
    const isUnnamed = wanted.size === 0 && (isFirst || (wasWildcard && names.size === 0));
    subscription.isWildcard = named || (isWhole(kind) && isUnnamed);
    rename(subscription, wanted);
    if (subscription.isWildcard !== wasWildcard) subscription.markAll();
    // Without an answer Envoy would wait for its first listeners and clusters until it gives up.
    if (isFirst && isWhole(kind)) subscription.owe();
  },
  encode({ kind, version, nonce }, plan, { subscription, map }) {
    const writer = new BinaryWriter();
    writer.uint32(10).string(version);
    for (const any of anysOf(plan, subscription, map)) writer.uint32(18).bytes(any);
    writer.uint32(34).string(typeUrls[kind]).uint32(42).string(nonce);
    return writer.finish();
  },
};

function rename(subscription: Subscription, wanted: ReadonlySet<string>): void {
  const { names } = subscription;
  for (const name of names) if (!wanted.has(name)) subscription.unsubscribe(name);
  for (const name of wanted) if (!names.has(name)) subscription.subscribe(name);
}

function* anysOf(plan: Plan, subscription: Subscription, map: ResourceMap): Iterable<Uint8Array> {
  if (!isWhole(subscription.kind)) {
    for (const { any } of plan.resources) yield any;
    return;
  }
  const names = subscription.isWildcard ? new Set([...map.keys(), ...subscription.names]) : subscription.names;
  for (const name of names) {
    const any = map.get(name)?.any;
    if (any !== undefined) yield any;
  }
  // What is to go, but not yet.
  for (const name of plan.held) {
    const any = subscription.sent.get(name)?.any;
    if (any !== undefined && subscription.wants(name)) yield any;
  }
}
