import type { Resource } from '../../gen/envoy/service/discovery/v3/discovery.js';
import type { ProxyConfig } from '../../gen/fairlead/proxy/v1/config.js';
import { type Decoded, decodeResource, type Part } from './decode-resource.js';
import { type Need, type ResourceKind, resourceKinds } from './resource-kind.js';

interface Entry extends Decoded {
  readonly version: string;
  /** Set once it was said to be gone: until then it stays for who still needs it. */
  leavesAt: number | undefined;
}

/** What a response says of one kind. */
export interface Update {
  readonly resources: readonly Resource[];
  readonly removed: readonly string[];
}

/** What became of it. */
export interface Taken {
  /** Why resources were not taken; what they were before stays. */
  readonly errors: readonly string[];
  readonly isChanged: boolean;
}

type Is = Part['is'];
type Message<K extends Is> = Extract<Part, { is: K }>['message'];

/** From what needs others to what is needed. */
const downwards = ['listener', 'route', 'cluster', 'endpoints'] as const;

/** Resources as they have come, and the configuration that they make. */
export class ResourceStore {
  readonly #lingerMillis: number;
  readonly #entries = byKind(() => new Map<string, Entry>());
  /** What the server says there is not. */
  readonly #absent = byKind(() => new Set<string>());
  readonly #seen = new Set<ResourceKind>();
  /** Messages of entries, for as long as these are the same. */
  readonly #lists = new Map<Is, readonly unknown[]>();
  /** Whether names or needs may be other than when they were last looked at. */
  #hasNewShape = true;
  #missing: readonly Need[] = [];
  #nextLeave: number | undefined;

  /** What is gone stays for so long where others need it. */
  constructor(lingerMillis: number) {
    this.#lingerMillis = lingerMillis;
  }

  /** Whether clusters and listeners have come, be they none. */
  get hasBegun(): boolean {
    return this.#seen.has('cluster') && this.#seen.has('listener');
  }

  /** When something goes that was said to be gone and is needed. */
  get nextLeave(): number | undefined {
    return this.#nextLeave;
  }

  /** What there is of a kind, for a server that does not know us. */
  versions(kind: ResourceKind): Record<string, string> {
    return Object.fromEntries(Array.from(this.#entries[kind], ([name, { version }]) => [name, version]));
  }

  take(kind: ResourceKind, { resources, removed }: Update, now: number): Taken {
    const errors: string[] = [];
    let isChanged = !this.#seen.has(kind);
    this.#seen.add(kind);
    for (const resource of resources) {
      try {
        isChanged = this.#put(kind, resource) || isChanged;
      } catch (error) {
        errors.push(`${kind} '${resource.name}': ${(error as Error).message}`);
      }
    }
    for (const name of removed) isChanged = this.#remove(kind, name, now) || isChanged;
    return { errors, isChanged };
  }

  /** What is needed and not here, and not known to be nowhere. */
  missing(now: number): readonly Need[] {
    const isDue = this.#nextLeave !== undefined && now >= this.#nextLeave;
    if (this.#hasNewShape || isDue) this.#missing = this.#findMissing(now);
    this.#hasNewShape = false;
    return this.#missing;
  }

  /** Waits no longer for what does not come. */
  giveUp(needs: readonly Need[]): void {
    for (const { kind, name } of needs) this.#absent[kind].add(name);
    this.#hasNewShape = true;
  }

  /** The configuration of now. Lists and messages that have not changed are the same objects as before. */
  assemble(version: string): ProxyConfig {
    const [settings] = this.#messages('settings', 'listener');
    return {
      version,
      clusters: this.#messages('cluster', 'cluster'),
      endpoints: this.#messages('endpoints', 'endpoints'),
      routeTables: this.#messages('table', 'route'),
      listeners: this.#messages('listener', 'listener'),
      mixer: settings?.mixer,
      traceCollector: settings?.traceCollector,
      node: settings?.node,
    };
  }

  #put(kind: ResourceKind, { name, version, resource }: Resource): boolean {
    const entries = this.#entries[kind];
    const known = entries.get(name);
    if (known?.version === version && version !== '') {
      this.#hasNewShape ||= known.leavesAt !== undefined;
      known.leavesAt = undefined;
      return false;
    }
    const decoded = decodeResource(kind, name, resource);
    entries.set(name, { ...decoded, version, leavesAt: undefined });
    this.#absent[kind].delete(name);
    // Other endpoints of a cluster change nothing in what needs what.
    this.#touch(kind, kind !== 'endpoints' || known?.leavesAt !== undefined || known === undefined);
    return true;
  }

  #remove(kind: ResourceKind, name: string, now: number): boolean {
    const known = this.#entries[kind].get(name);
    const isNew = known === undefined ? !this.#absent[kind].has(name) : known.leavesAt === undefined;
    if (known === undefined) this.#absent[kind].add(name);
    else known.leavesAt ??= now + this.#lingerMillis;
    this.#hasNewShape ||= isNew;
    return isNew;
  }

  #findMissing(now: number): readonly Need[] {
    this.#nextLeave = undefined;
    const needed = new Map<string, Need>();
    for (const kind of downwards) {
      for (const [name, entry] of this.#entries[kind]) {
        if (this.#isGone(kind, name, { entry, isNeeded: needed.has(`${kind} ${name}`), now })) continue;
        for (const need of entry.needs) needed.set(`${need.kind} ${need.name}`, need);
      }
    }
    return [...needed.values()].filter(
      ({ kind, name }) => !this.#entries[kind].has(name) && !this.#absent[kind].has(name),
    );
  }

  /** Lets go of what has been gone for long, or is needed no more. */
  #isGone(
    kind: ResourceKind,
    name: string,
    { entry: { leavesAt }, isNeeded, now }: { entry: Entry; isNeeded: boolean; now: number },
  ): boolean {
    if (leavesAt === undefined) return false;
    if (isNeeded && now < leavesAt) {
      this.#nextLeave = Math.min(this.#nextLeave ?? Infinity, leavesAt);
      return false;
    }
    this.#entries[kind].delete(name);
    this.#absent[kind].add(name);
    this.#touch(kind, false);
    return true;
  }

  #touch(kind: ResourceKind, isShape: boolean): void {
    this.#hasNewShape ||= isShape;
    for (const is of partsOf[kind]) this.#lists.delete(is);
  }

  #messages<K extends Is>(is: K, kind: ResourceKind): Message<K>[] {
    const known = this.#lists.get(is);
    if (known !== undefined) return known as Message<K>[];
    const messages: Message<K>[] = [];
    for (const { part } of this.#entries[kind].values()) if (part.is === is) messages.push(part.message as Message<K>);
    this.#lists.set(is, messages);
    return messages;
  }
}

const partsOf: Readonly<Record<ResourceKind, readonly Is[]>> = {
  cluster: ['cluster'],
  endpoints: ['endpoints'],
  route: ['table'],
  listener: ['listener', 'settings'],
};

function byKind<T>(make: () => T): Readonly<Record<ResourceKind, T>> {
  return Object.fromEntries(resourceKinds.map((kind) => [kind, make()])) as Record<ResourceKind, T>;
}
