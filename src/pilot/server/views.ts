import type { Model } from '../model/model.js';
import type { ProxyView } from '../model/proxy-view.js';
import type { Proxy } from '../model/service.js';
import { type Flavour, flavourOf, proxyOfNode, type XdsNode } from '../xds/node.js';
import type { ResourceMap, Snapshot } from '../xds/snapshot.js';
import type { FlavourBuilder, Flavours } from './flavours.js';
import { hostOfCluster, overlayEndpoints } from './moved-endpoints.js';

/** Who uses a view, and as what. */
export interface ViewUser {
  readonly node: XdsNode;
  readonly flavour: Flavour;
  readonly proxy: Proxy;
}

interface Entry {
  readonly key: string;
  readonly user: ViewUser;
  readonly builder: FlavourBuilder;
  /** Identifiers of connected proxies, with the number of their streams. */
  readonly users: Map<string, number>;
  view: ProxyView | undefined;
  base: Snapshot | undefined;
  current: Snapshot | undefined;
  /** What `base` and `current` are of. */
  full: number;
  push: number;
}

export interface ViewTableParts {
  readonly flavours: Flavours;
  readonly model: () => Model;
  readonly version: () => string;
  readonly now: () => number;
  /** Hears of what a builder leaves out. */
  readonly onProblem: (message: string) => void;
  /** How long a snapshot took to be made. */
  readonly onBuilt?: (millis: number) => void;
}

// Whoever comes back finds the view as it was; a flood of made-up ones is forgotten.
const MAX_IDLE = 100;

/**
 * The snapshots of all views. Proxies that see the same share one, which is made when the first of them asks. After a
 * change of nothing but endpoints a snapshot is the former one, in which only clusters that have moved are made again.
 */
export class ViewTable {
  readonly #parts: ViewTableParts;
  readonly #entries = new Map<string, Entry>();
  readonly #idle = new Set<Entry>();
  readonly #nodes = new WeakMap<XdsNode, Entry>();
  /** Clusters of a host, as far as a snapshot has them. */
  readonly #clusters = new Map<string, Set<string>>();
  /** Maps whose names are there already. */
  #noted = new WeakSet<ResourceMap>();
  /** When a host has moved last, in pushes. */
  readonly #moved = new Map<string, number>();
  readonly #shares = new Map<Flavour, Map<string, unknown>>();
  #full = 1;
  #push = 1;

  constructor(parts: ViewTableParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** A client is there: its view is kept for as long as it is. */
  acquire(node: XdsNode): ViewUser {
    const entry = this.#entryOf(node);
    entry.users.set(node.id, (entry.users.get(node.id) ?? 0) + 1);
    this.#idle.delete(entry);
    return entry.user;
  }

  release(node: XdsNode): void {
    const entry = this.#nodes.get(node);
    if (entry === undefined) return;
    const left = (entry.users.get(node.id) ?? 1) - 1;
    if (left > 0) entry.users.set(node.id, left);
    else entry.users.delete(node.id);
    if (entry.users.size > 0) return;
    this.#idle.add(entry);
    const [oldest] = this.#idle;
    if (this.#idle.size <= MAX_IDLE || oldest === undefined) return;
    this.#idle.delete(oldest);
    this.#entries.delete(oldest.key);
  }

  /** What a client is to have. Throws what the builder throws. */
  snapshotFor(node: XdsNode): Snapshot {
    const entry = this.#entryOf(node);
    if (entry.full !== this.#full || entry.base === undefined) return this.#build(entry);
    if (entry.push === this.#push && entry.current !== undefined) return entry.current;
    entry.push = this.#push;
    if (entry.builder.endpoints === undefined) return this.#build(entry);
    entry.view = undefined;
    return (entry.current = { ...entry.current!, version: this.#parts.version() });
  }

  /** Everything may be other than before. */
  renew(): void {
    this.#full += 1;
    this.#push += 1;
    this.#clusters.clear();
    this.#noted = new WeakSet();
    this.#moved.clear();
    this.#shares.clear();
  }

  /** Services of these hosts have moved, and nothing else has changed; at these addresses something came or went. */
  move(hosts: Iterable<string>, addresses: ReadonlySet<string>): void {
    this.#push += 1;
    for (const host of hosts) this.#moved.set(host, this.#push);
    for (const entry of this.#entries.values()) if (isAt(entry, addresses)) entry.full = 0;
  }

  /** The clusters of these hosts that a snapshot has. */
  clustersOf(hosts: Iterable<string>): ReadonlySet<string> {
    return new Set([...hosts].flatMap((host) => [...(this.#clusters.get(host) ?? [])]));
  }

  /** Connected proxies whose own workload is at one of these addresses. */
  usersAt(addresses: ReadonlySet<string>): ReadonlySet<string> {
    const found = [...this.#entries.values()].filter((entry) => isAt(entry, addresses));
    return new Set(found.flatMap(({ users }) => [...users.keys()]));
  }

  #entryOf(node: XdsNode): Entry {
    const known = this.#nodes.get(node);
    if (known !== undefined) return known;
    const flavour = flavourOf(node);
    const builder = this.#parts.flavours[flavour] ?? missing(flavour);
    const proxy = proxyOfNode(node);
    const key = keyOf({ node, flavour, proxy }, builder);
    const entry = this.#entries.get(key) ?? {
      ...{ key, builder, users: new Map(), full: 0, push: 0 },
      ...{ user: { node, flavour, proxy }, view: undefined, base: undefined, current: undefined },
    };
    if (!this.#entries.has(key)) {
      this.#entries.set(key, entry);
      this.#idle.add(entry);
    }
    this.#nodes.set(node, entry);
    return entry;
  }

  #build(entry: Entry): Snapshot {
    const { model, version, now, onProblem, onBuilt } = this.#parts;
    const began = now();
    const { builder, user, base: former } = entry;
    const view = model().viewFor(user.proxy);
    const { node, flavour } = user;
    const share = this.#shareOf(flavour);
    const base = builder.build(view, { version: version(), node, former, share, onProblem });
    const endpoints = builder.endpoints && this.#overlay(entry, base);
    Object.assign(entry, { view, base, full: this.#full, push: this.#push });
    entry.current = endpoints === undefined ? base : { ...base, endpoints };
    this.#note(base);
    onBuilt?.(now() - began);
    return entry.current;
  }

  #shareOf(flavour: Flavour): Map<string, unknown> {
    const share = this.#shares.get(flavour) ?? new Map<string, unknown>();
    this.#shares.set(flavour, share);
    return share;
  }

  #overlay(entry: Entry, base: Snapshot): Snapshot['endpoints'] {
    return overlayEndpoints(base.endpoints, {
      // Also of what has moved before: what views share does not follow.
      movedAt: (name) => (this.#moved.size > 0 && this.#moved.get(hostOfCluster(name))) || 0,
      build: (name) => {
        entry.view ??= this.#parts.model().viewFor(entry.user.proxy);
        const { flavour, node } = entry.user;
        return entry.builder.endpoints?.(entry.view, name, { node, share: this.#shareOf(flavour) });
      },
    });
  }

  #note({ endpoints }: Snapshot): void {
    const { own = endpoints, shared = endpoints } = endpoints.layers ?? {};
    if (own !== shared) this.#noteNames(own.keys());
    if (this.#noted.has(shared)) return;
    this.#noted.add(shared);
    this.#noteNames(shared.keys());
  }

  #noteNames(names: Iterable<string>): void {
    for (const name of names) {
      const host = hostOfCluster(name);
      const known = this.#clusters.get(host);
      if (known === undefined) this.#clusters.set(host, new Set([name]));
      else known.add(name);
    }
  }
}

function missing(flavour: Flavour): FlavourBuilder {
  return {
    build() {
      throw new Error(`nothing is made for clients of the flavour '${flavour}'`);
    },
    isLocal: false,
  };
}

/** What the resources of a flavour depend on. */
function keyOf({ node, flavour, proxy }: ViewUser, { isLocal }: FlavourBuilder): string {
  const { id, type, namespace, labels, locality, ips } = proxy;
  const sorted = [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([flavour, type, namespace, sorted, locality, isLocal ? [id, ips, node.metadata] : []]);
}

function isAt({ builder, user }: Entry, addresses: ReadonlySet<string>): boolean {
  return builder.isLocal && user.proxy.ips.some((ip) => addresses.has(ip));
}
