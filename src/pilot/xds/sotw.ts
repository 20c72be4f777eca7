import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { DiscoveryRequest } from '../../gen/envoy/service/discovery/v3/discovery.js';
import type { Protocol } from './protocol.js';
import type { ResourceKind } from './resource.js';
import { bodyOf, encode, wholeBodyOf } from './response-body.js';
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
    // Most requests are answers that want what was wanted before; then the list is the same one.
    const { kind, said } = subscription;
    if (!isFirst && resourceNames === said) return;
    subscription.said = resourceNames;
    const wanted = new Set(resourceNames);
    const named = wanted.delete(everything);
    const wasWildcard = subscription.isWildcard;
    // No name means everything only for as long as there was none, be it the one that says so.
    const wasUnnamed = isFirst || (wasWildcard && said.length === 0);
    subscription.isWildcard = named || (isWhole(kind) && resourceNames.length === 0 && wasUnnamed);
    rename(subscription, wanted);
    if (subscription.isWildcard !== wasWildcard) subscription.markAll();
    // Without an answer Envoy would wait for its first listeners and clusters until it gives up.
    if (isFirst && isWhole(kind)) subscription.owe();
  },
  encode({ typeUrl, version, nonce }, plan, { subscription, map }) {
    const head = new BinaryWriter().uint32(10).string(version).finish();
    const tail = new BinaryWriter().uint32(34).string(typeUrl).uint32(42).string(nonce).finish();
    return Buffer.concat([head, ...resourcesOf(plan, subscription, map), tail]);
  },
};

function rename(subscription: Subscription, wanted: ReadonlySet<string>): void {
  const { names } = subscription;
  for (const name of names) if (!wanted.has(name)) subscription.unsubscribe(name);
  for (const name of wanted) if (!names.has(name)) subscription.subscribe(name);
}

function resourcesOf(plan: Plan, subscription: Subscription, map: ResourceMap): readonly Uint8Array[] {
  const { kind, isWildcard, names, sent } = subscription;
  if (!isWhole(kind)) return [bodyOf(plan.resources)];
  // What is to go, but not yet.
  const held = plan.held.filter((name) => subscription.wants(name)).map((name) => sent.get(name)?.any);
  if (isWildcard && names.size === 0 && held.length === 0) return wholeBodyOf(map);
  const wanted = isWildcard ? new Set([...map.keys(), ...names]) : names;
  const anys = [...Array.from(wanted, (name) => map.get(name)?.any), ...held];
  return [encode(anys.filter((any) => any !== undefined))];
}
