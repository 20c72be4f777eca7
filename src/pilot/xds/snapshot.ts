import { type Reference, type ResourceKind, resourceKinds, type XdsResource } from './resource.js';

/** Resources of one kind. A `Map` is one; resources may also be made when they are first asked for. */
export interface ResourceMap {
  get(name: string): XdsResource | undefined;
  /** What clients that ask for everything get. There may be more under other names. */
  keys(): Iterable<string>;
  /** What it is made of, where other snapshots have a part of it too. */
  readonly layers?: Layers | undefined;
}

/** A map of resources on top of one that snapshots share. */
interface Layers {
  /** Those that are not in `shared`, or hide one that is. */
  readonly own: ReadonlyMap<string, XdsResource>;
  /** All its names are in the whole too; the same object for all snapshots that have it. */
  readonly shared: ResourceMap;
}

/** Puts resources of one snapshot on top of those that it shares with others. */
export function layered(own: ReadonlyMap<string, XdsResource>, shared: ResourceMap): ResourceMap {
  return {
    get: (name) => own.get(name) ?? shared.get(name),
    keys: () => (own.size === 0 ? shared.keys() : new Set([...own.keys(), ...shared.keys()])),
    layers: { own, shared },
  };
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
  return resourceKinds.flatMap((kind) => {
    const { layers } = snapshot[kind];
    if (layers === undefined) return findIn(kind, snapshot[kind], snapshot);
    const open = openOf(kind, layers.shared, snapshot).filter((to) => snapshot[to.kind].get(to.name) === undefined);
    return [...findIn(kind, layers.own, snapshot), ...open];
  });
}

type Shared = Readonly<Record<ResourceKind, Pick<ResourceMap, 'get'>>>;

function findIn(kind: ResourceKind, map: Pick<ResourceMap, 'get' | 'keys'>, all: Shared): readonly Dangling[] {
  const found: Dangling[] = [];
  for (const name of map.keys()) {
    for (const to of map.get(name)?.references ?? []) {
      if (all[to.kind].get(to.name) === undefined) found.push({ ...to, from: { kind, name } });
    }
  }
  return found;
}

const nothing: ResourceMap = new Map();
const opens = new WeakMap<ResourceMap, { readonly beside: Shared; readonly open: readonly Dangling[] }>();

/** What shared resources need of others than those that are shared with them: looked for once. */
function openOf(kind: ResourceKind, map: ResourceMap, snapshot: Snapshot): readonly Dangling[] {
  const sharedOf = (one: ResourceKind): ResourceMap => snapshot[one].layers?.shared ?? nothing;
  const known = opens.get(map);
  if (known !== undefined && resourceKinds.every((one) => known.beside[one] === sharedOf(one))) return known.open;
  const beside: Shared = {
    cluster: sharedOf('cluster'),
    endpoints: sharedOf('endpoints'),
    listener: sharedOf('listener'),
    route: sharedOf('route'),
  };
  const open = findIn(kind, map, beside);
  opens.set(map, { beside, open });
  return open;
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
