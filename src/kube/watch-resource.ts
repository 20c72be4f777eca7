import { backoffMillis } from './backoff.js';
import { ApiFailure, reasonOf } from './failure.js';
import { listAll } from './list.js';
import { type NewList, ObjectStore } from './object-store.js';
import type { KubeObject, ResourceWatch, WatchOptions, WatchState } from './types.js';
import { watchFrom } from './watch-stream.js';

/** A watch that lasted for less has not worked, whatever it said: the next attempt waits. */
const shortMillis = 1000;
/** How often a server may fail from one version before everything is listed anew. */
const attemptsFromOneVersion = 3;
const longestRetryAfter = 300_000;

/**
 * Follows a resource as the API documentation describes: lists it in pages, watches from the version of the list, goes
 * on from the last version it heard of when the watch ends, and lists again when that version is gone. Never stops by
 * itself, never throws; what fails is told to `onState` and tried again with growing pauses.
 */
export function watchResource<T>(options: WatchOptions<T>): ResourceWatch<T> {
  return new Reflector(options);
}

class Reflector<T> implements ResourceWatch<T> {
  readonly #store: ObjectStore<T>;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  /** Undefined: has to list. */
  #version: string | undefined;
  #isSynced = false;
  /** Attempts in a row that did not work. */
  #attempts = 0;
  #told = '';

  constructor(private readonly options: WatchOptions<T>) {
    this.#store = new ObjectStore(options);
    this.#running = this.#run();
  }

  get size(): number {
    return this.#store.size;
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  get(name: string, namespace: string): T | undefined {
    return this.#store.get(name, namespace);
  }

  values(): IterableIterator<T> {
    return this.#store.values();
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    return this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    // What is built must be in the hands of whoever built it before the first listener is called.
    await Promise.resolve();
    while (!signal.aborted) {
      const failure = await this.#round().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (this.#stopping.signal.aborted) return;
      const pause = failure === undefined ? this.#pause() : this.#fail(failure);
      if (pause > 0) await this.#sleep(pause);
    }
  }

  /** Lists if it has to, then watches until the watch ends. */
  async #round(): Promise<void> {
    const { connection, selection, timing } = this.options;
    const { signal } = this.#stopping;
    this.#version ??= await this.#list();
    let opened: number | undefined;
    try {
      await watchFrom(this.#version, {
        connection,
        selection,
        timing,
        signal,
        sink: {
          onOpen: () => {
            opened = timing.now();
            this.#tell({ kind: 'following', objects: this.size });
          },
          onObject: (type, object) => {
            this.#attempts = 0;
            this.#take(type, object);
          },
          onVersion: (version) => (this.#version = version),
        },
      });
    } finally {
      if (opened !== undefined && timing.now() - opened >= shortMillis) this.#attempts = 0;
      else this.#attempts++;
    }
  }

  async #list(): Promise<string> {
    const { connection, selection, timing } = this.options;
    const { signal } = this.#stopping;
    let list: NewList = this.#store.beginList();
    let version: string;
    try {
      version = await listAll({
        connection,
        selection,
        timing,
        signal,
        begin: () => {
          list = this.#store.beginList();
          return (object) => list.add(object);
        },
      });
    } catch (error) {
      this.#attempts++;
      throw error;
    }
    signal.throwIfAborted();
    list.commit();
    this.#isSynced = true;
    return version;
  }

  #take(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void {
    if (this.#stopping.signal.aborted) return;
    if (type === 'DELETED') this.#store.delete(object);
    else this.#store.set(object);
  }

  /** Notes a failure; gives the pause before the next attempt. */
  #fail(error: unknown): number {
    const { status, retryAfterMillis = 0 } = error instanceof ApiFailure ? error : { status: undefined };
    // What a server cannot do now it may do later. Other refusals may stand for anything: a list tells what is the case.
    const isPassing = status === 429 || (status !== undefined && status >= 500);
    if (error instanceof ApiFailure && (!isPassing || this.#attempts >= attemptsFromOneVersion))
      this.#version = undefined;
    if (status === 410 && this.#attempts <= 1) return 0;
    // A connection that ends after it has worked is nothing to speak of, unless there is no other.
    if (this.#attempts > 0) this.#tell({ kind: 'failing', reason: reasonOf(error), status });
    return Math.max(this.#pause(), Math.min(retryAfterMillis, longestRetryAfter));
  }

  #pause(): number {
    return this.#attempts === 0 ? 0 : backoffMillis(this.#attempts, this.options.timing);
  }

  #sleep(millis: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.options.timing.after(millis, end);
      signal.addEventListener('abort', end);
    });
  }

  /** Once per change: a server that is away for an hour is one message. */
  #tell(state: WatchState): void {
    const text = state.kind === 'failing' ? `failing ${state.reason}` : 'following';
    if (text === this.#told) return;
    this.#told = text;
    this.options.onState?.(state);
  }
}
