import type { ResourceKind, XdsResource } from './resource.js';
import type { ResourceMap } from './snapshot.js';

/** What a client has: resources that were sent, or what it says it kept from before. */
export type Sent = Pick<XdsResource, 'version'> & Partial<Pick<XdsResource, 'any' | 'name'>>;

/** What a response is made of. */
export interface Plan {
  /** Other than what the client has, or asked for again. */
  readonly resources: readonly XdsResource[];
  /** What the client has, or asked for, and there is not. */
  readonly removed: readonly string[];
  /** Like `removed`, but to be told of later only. */
  readonly held: readonly string[];
  /** Whether there is something to send. */
  readonly isDue: boolean;
}

// For a client that never takes what it is sent, all that ever goes would be kept back.
const MAX_HELD = 1000;

/** What a stream wants of one kind, and what it has of it. */
export class Subscription {
  readonly kind: ResourceKind;
  /** Whether it wants everything. */
  isWildcard = false;
  readonly names = new Set<string>();
  /** The names of the last request, as it had them. */
  said: readonly string[] = [];
  readonly sent = new Map<string, Sent>();
  /** Names whose resources may be other than what was sent. */
  #pending: Set<string> | 'all' = new Set();
  /** Names that have to be answered, whatever the client has. */
  readonly #asked = new Set<string>();
  #owesAnswer = false;
  /** What the last response had, while there is no answer to it. */
  #last: readonly XdsResource[] = [];
  /** Names in responses that were rejected: of these nobody knows what the client has. */
  readonly #doubted = new Set<string>();
  #letters = 0;

  constructor(kind: ResourceKind) {
    this.kind = kind;
  }

  /** Whether something may have to be sent. */
  get isDirty(): boolean {
    return this.#owesAnswer || this.#pending === 'all' || this.#pending.size > 0;
  }

  /** Whether the client may keep to something that it had before. */
  get hasDoubts(): boolean {
    return this.#doubted.size > 0;
  }

  /** How long all its names are together. */
  get letters(): number {
    return this.#letters;
  }

  wants(name: string): boolean {
    return this.isWildcard || this.names.has(name);
  }

  /** Everything may be other than before. */
  markAll(): void {
    this.#pending = 'all';
  }

  /** These may be other than before. */
  mark(names: Iterable<string>): void {
    if (this.#pending === 'all') return;
    for (const name of names) if (this.wants(name) || this.sent.has(name)) this.#pending.add(name);
  }

  /** These are to be sent once more, though they may be as they were. */
  resend(names: Iterable<string>): void {
    for (const name of names) {
      if (this.sent.delete(name) && this.#pending !== 'all') this.#pending.add(name);
    }
  }

  /** The client waits for an answer, even one without resources. */
  owe(): void {
    this.#owesAnswer = true;
  }

  subscribe(name: string): void {
    if (!this.names.has(name)) this.#letters += name.length;
    this.names.add(name);
    if (this.#pending !== 'all') this.#pending.add(name);
  }

  /** The client has to hear of this name even if there is no such resource. */
  ask(name: string): void {
    this.subscribe(name);
    this.#asked.add(name);
  }

  /** The last response was taken, or rejected as a whole: then a client may have left out more than what is wrong. */
  settle(isTaken: boolean): void {
    if (!isTaken) for (const { name } of this.#last) this.#doubted.add(name);
    this.#last = [];
  }

  /** Forgets a name: the client drops the resource on its own. */
  unsubscribe(name: string): void {
    if (this.names.delete(name)) this.#letters -= name.length;
    this.#asked.delete(name);
    if (this.isWildcard) return;
    this.sent.delete(name);
    this.#doubted.delete(name);
  }

  /** Like `unsubscribe`; who wants everything has to hear whether the name is a part of that. */
  leave(name: string): void {
    this.unsubscribe(name);
    if (!this.isWildcard) return;
    if (this.#pending !== 'all') this.#pending.add(name);
    this.#asked.add(name);
  }

  /** Finds what is to be sent; `holds` keeps removals back. */
  plan(map: ResourceMap, holds: boolean): Plan {
    const resources: XdsResource[] = [];
    const gone: string[] = [];
    let known = 0;
    const consider = (name: string): void => {
      const resource = this.wants(name) ? map.get(name) : undefined;
      const sent = this.sent.get(name);
      if (sent !== undefined) known += 1;
      const isAsked = this.#asked.size > 0 && this.#asked.has(name);
      if (resource === undefined) {
        if (isAsked || sent !== undefined) gone.push(name);
      } else if (isAsked || sent?.version !== resource.version) {
        resources.push(resource);
      }
    };
    if (this.#pending === 'all') {
      const wanted = this.#wanted(map);
      for (const name of wanted) consider(name);
      if (known < this.sent.size) {
        const seen = new Set(wanted);
        for (const name of this.sent.keys()) if (!seen.has(name)) consider(name);
      }
    } else {
      for (const name of this.#pending) consider(name);
    }
    const isHeld = holds && gone.length <= MAX_HELD;
    const [removed, held] = isHeld ? [gone.filter((name) => this.#asked.has(name)), gone] : [gone, []];
    // What is gone may be what was wrong.
    if (resources.length + removed.length > 0) resources.push(...this.#doubtedBeside(resources, map));
    return {
      resources,
      removed,
      held: held.filter((name) => !this.#asked.has(name)),
      isDue: this.#owesAnswer || resources.length + removed.length > 0,
    };
  }

  /** Notes that a plan was sent, or came to nothing. */
  commit({ resources, removed, held }: Plan): void {
    if (resources.length > 0) {
      this.#last = resources;
      this.#doubted.clear();
    }
    for (const resource of resources) this.sent.set(resource.name, resource);
    for (const name of removed) {
      this.sent.delete(name);
      this.#doubted.delete(name);
    }
    this.#pending = new Set(held);
    this.#asked.clear();
    this.#owesAnswer = false;
  }

  /** What was in a rejected response goes along with the next one that tells something new. */
  #doubtedBeside(resources: readonly XdsResource[], map: ResourceMap): readonly XdsResource[] {
    if (this.#doubted.size === 0) return [];
    const names = new Set(resources.map(({ name }) => name));
    const others = [...this.#doubted].filter((name) => this.wants(name) && !names.has(name));
    return others.map((name) => map.get(name)).filter((resource) => resource !== undefined);
  }

  #wanted(map: ResourceMap): Iterable<string> {
    if (!this.isWildcard) return this.names;
    return this.names.size === 0 ? [...map.keys()] : new Set([...map.keys(), ...this.names]);
  }
}
