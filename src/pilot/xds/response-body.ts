import type { XdsResource } from './resource.js';
import type { ResourceMap } from './snapshot.js';

// The tag of `resources` in a DiscoveryResponse.
const RESOURCE = 18;
/** Shorter lists are written as fast as they are looked up. */
const MIN_LIST = 16;

interface Sent {
  readonly resources: readonly XdsResource[];
  /** Kept once there was a second client for it. */
  readonly body: Buffer | undefined;
}

const lists = new WeakMap<XdsResource, Sent>();

/** The resources of a response as they are sent. Clients that are alike get the same, so it is made once. */
export function bodyOf(resources: readonly XdsResource[]): Uint8Array {
  const [first] = resources;
  const anys = (): Uint8Array[] => resources.map(({ any }) => any);
  if (first === undefined || resources.length < MIN_LIST) return encode(anys());
  const former = lists.get(first);
  if (former === undefined || !isSame(former.resources, resources)) {
    lists.set(first, { resources, body: undefined });
    return encode(anys());
  }
  const body = former.body ?? encode(anys());
  if (former.body === undefined) lists.set(first, { resources, body });
  return body;
}

/** All that there is, for clients that name nothing; in parts that follow each other. */
export function wholeBodyOf(map: ResourceMap): readonly Uint8Array[] {
  const { layers } = map;
  if (layers === undefined) return [bodyOf(allOf(map.keys(), map))];
  const { own, shared } = layers;
  const names = own.size === 0 ? shared.keys() : [...shared.keys()].filter((name) => !own.has(name));
  // Of what is shared the map itself knows the newest.
  return [encode(Array.from(own.values(), ({ any }) => any)), bodyOf(allOf(names, map))];
}

function allOf(names: Iterable<string>, map: ResourceMap): XdsResource[] {
  return Array.from(names, (name) => map.get(name)).filter((resource) => resource !== undefined);
}

/** Writes encoded messages of type Any as repeated fields. */
export function encode(anys: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const any of anys) length += 1 + varintLength(any.length) + any.length;
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const any of anys) {
    bytes[at++] = RESOURCE;
    let left = any.length;
    for (; left > 127; left >>>= 7) bytes[at++] = (left & 127) | 128;
    bytes[at++] = left;
    bytes.set(any, at);
    at += any.length;
  }
  return bytes;
}

function varintLength(value: number): number {
  let length = 1;
  for (let left = value; left > 127; left >>>= 7) length += 1;
  return length;
}

function isSame(a: readonly XdsResource[], b: readonly XdsResource[]): boolean {
  return a.length === b.length && a.every((resource, at) => resource === b[at]);
}
