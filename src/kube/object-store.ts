import type { KubeObject, WatchListener, WatchOptions } from './types.js';

interface Entry<T> {
  readonly version: string | undefined;
  readonly value: T;
}

type StoreOptions<T> = Pick<WatchOptions<T>, 'prune' | 'maxObjects' | 'onExcess'> &
  Pick<WatchListener<T>, 'onSet' | 'onDelete'>;

/** A complete list in the making; see {@link ObjectStore.beginList}. */
export interface NewList {
  add(object: KubeObject): void;
  /** Makes it what is known, and tells listeners the difference. */
  commit(): void;
}

const defaultMaxObjects = 100_000;

/** What is known of a resource: pruned objects by name and namespace, no more than a number of them. */
export class ObjectStore<T> {
  #entries = new Map<string, Entry<T>>();
  #isExcessTold = false;

  constructor(private readonly options: StoreOptions<T>) {}

  get size(): number {
    return this.#entries.size;
  }

  get(name: string, namespace: string): T | undefined {
    return this.#entries.get(keyOf(name, namespace))?.value;
  }

  *values(): IterableIterator<T> {
    for (const { value } of this.#entries.values()) yield value;
  }

  /** Takes an object in, unless this version is known or there is no room. */
  set(object: KubeObject): void {
    const { name, namespace = '' } = object.metadata;
    if (name === undefined) return;
    const key = keyOf(name, namespace);
    const known = this.#entries.get(key);
    if (known === undefined && !this.#hasRoom(this.#entries)) return;
    const entry = this.#entryOf(object, known);
    if (entry === known) return;
    if (entry === undefined) this.#remove(key);
    else {
      this.#entries.set(key, entry);
      this.options.onSet?.(entry.value, known?.value);
    }
  }

  delete({ metadata: { name, namespace = '' } }: KubeObject): void {
    if (name !== undefined) this.#remove(keyOf(name, namespace));
  }

  /** Begins a list. Until it is committed, what was known before stays; pages hold pruned objects only. */
  beginList(): NewList {
    const fresh = new Map<string, Entry<T>>();
    this.#isExcessTold = false;
    return {
      add: (object) => {
        const { name, namespace = '' } = object.metadata;
        if (name === undefined) return;
        const key = keyOf(name, namespace);
        if (!fresh.has(key) && !this.#hasRoom(fresh)) return;
        const entry = this.#entryOf(object, this.#entries.get(key));
        if (entry !== undefined) fresh.set(key, entry);
      },
      commit: () => {
        const before = this.#entries;
        this.#entries = fresh;
        for (const [key, { value }] of before) {
          if (!fresh.has(key)) this.options.onDelete?.(value);
        }
        for (const [key, entry] of fresh) {
          const known = before.get(key);
          if (known !== entry) this.options.onSet?.(entry.value, known?.value);
        }
      },
    };
  }

  #entryOf(object: KubeObject, known: Entry<T> | undefined): Entry<T> | undefined {
    const version = object.metadata.resourceVersion;
    if (known !== undefined && version !== undefined && known.version === version) return known;
    const value = this.options.prune(object);
    return value === undefined ? undefined : { version, value };
  }

  #hasRoom({ size }: { readonly size: number }): boolean {
    const { maxObjects = defaultMaxObjects, onExcess } = this.options;
    if (size < maxObjects) return true;
    if (!this.#isExcessTold) onExcess?.(maxObjects);
    this.#isExcessTold = true;
    return false;
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.options.onDelete?.(entry.value);
  }
}

/** Neither part can hold a slash. */
function keyOf(name: string, namespace: string): string {
  return `${namespace}/${name}`;
}
