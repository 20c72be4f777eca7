import { type Reference, type ResourceKind, resourceKinds, type XdsResource } from './resource.js';

/** Resources of one kind. A `Map` is one; resources may also be made when they are first asked for. */
export interface ResourceMap {
  get(name: string): XdsResource | undefined;
  /** What clients that ask for everything get. There may be more under other names. */
  keys(): Iterable<string>;
}

/** All that proxies of one view are to have at one moment. Immutable to whoever asks. */
export interface Snapshot extends Readonly<Record<ResourceKind, ResourceMap>> {
  /** For people: which push this is. */
  readonly version: string;
}

/** A reference to what is not there. */
export interface Dangling extends Reference {
  readonly from: Reference;
}

/** What a snapshot lacks to be consistent: every name that is referred to has to be there. */
export function findDangling(snapshot: Snapshot): readonly Dangling[] {
  const found: Dangling[] = [];
  for (const kind of resourceKinds) {
    for (const name of snapshot[kind].keys()) {
      for (const to of snapshot[kind].get(name)?.references ?? []) {
        if (snapshot[to.kind].get(to.name) === undefined) found.push({ ...to, from: { kind, name } });
      }
    }
  }
  return found;
}

/** A snapshot of resources that are all made. */
export function createSnapshot(
  version: string,
  resources: Readonly<Partial<Record<ResourceKind, readonly XdsResource[]>>>,
): Snapshot {
  const mapOf = (kind: ResourceKind): ResourceMap => new Map((resources[kind] ?? []).map((one) => [one.name, one]));
  return Object.freeze({
    version,
    cluster: mapOf('cluster'),
    endpoints: mapOf('endpoints'),
    listener: mapOf('listener'),
    route: mapOf('route'),
  });
}
