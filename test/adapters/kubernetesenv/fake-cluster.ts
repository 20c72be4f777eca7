import type { Answer, Connection } from '../../../src/kube/index.js';

/** An object as a test writes it. */
export interface Thing {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

interface Watch {
  readonly collection: string;
  readonly push: (event: object) => void;
}

/** An API server without a network that never fails, unless a collection is refused or withheld. */
export class FakeCluster implements Connection {
  readonly server: string;
  /** Statuses that lists of a collection are answered with. */
  readonly refused = new Map<string, number>();
  /** Collections whose lists never come. */
  readonly withheld = new Set<string>();
  isClosed = false;
  readonly #objects = new Map<string, Map<string, Thing>>();
  readonly #watches = new Set<Watch>();
  #revision = 0;

  constructor(name = 'fake') {
    this.server = `https://${name}`;
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  put(collection: string, thing: Thing): this {
    return this.#change('MODIFIED', collection, thing);
  }

  remove(collection: string, thing: Thing): this {
    return this.#change('DELETED', collection, thing);
  }

  get(path: string, signal: AbortSignal): Promise<Answer> {
    const { pathname, searchParams } = new URL(path, this.server);
    const collection = pathname.split('/').at(-1) ?? '';
    const status = this.refused.get(collection) ?? 200;
    if (status !== 200) return Promise.resolve({ status, body: bytesOf({ code: status }) });
    if (searchParams.has('watch')) return Promise.resolve({ status, body: this.#watch(collection, signal) });
    if (this.withheld.has(collection)) {
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('This operation was aborted')));
      });
    }
    const items = [...(this.#objects.get(collection)?.values() ?? [])];
    return Promise.resolve({
      status,
      body: bytesOf({ metadata: { resourceVersion: String(++this.#revision) }, items }),
    });
  }

  close(): void {
    this.isClosed = true;
  }

  #change(type: 'MODIFIED' | 'DELETED', collection: string, { metadata, ...thing }: Thing): this {
    const namespace = metadata.namespace ?? 'testns';
    const object = { ...thing, metadata: { ...metadata, namespace, resourceVersion: String(++this.#revision) } };
    const objects = this.#objects.get(collection) ?? new Map<string, Thing>();
    this.#objects.set(collection, objects);
    if (type === 'DELETED') objects.delete(`${namespace}/${metadata.name}`);
    else objects.set(`${namespace}/${metadata.name}`, object);
    for (const watch of this.#watches) if (watch.collection === collection) watch.push({ type, object });
    return this;
  }

  #watch(collection: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const waiting: object[] = [];
    let wake = (): void => undefined;
    const watch: Watch = {
      collection,
      push: (event) => {
        waiting.push(event);
        wake();
      },
    };
    this.#watches.add(watch);
    signal.addEventListener('abort', () => {
      this.#watches.delete(watch);
      wake();
    });
    return (async function* () {
      while (!signal.aborted) {
        const event = waiting.shift();
        if (event !== undefined) yield Buffer.from(`${JSON.stringify(event)}\n`);
        else await new Promise<void>((resolve) => (wake = resolve));
      }
      throw new Error('This operation was aborted');
    })();
  }
}

async function* bytesOf(value: object): AsyncGenerator<Uint8Array> {
  yield Buffer.from(JSON.stringify(value));
}

/** A reference as a controlling owner. */
export function ownedBy(kind: string, name: string, apiVersion = 'apps/v1'): object {
  return {
    ownerReferences: [
      { kind: 'Other', name: 'other' },
      { kind, name, apiVersion, controller: true },
    ],
  };
}
