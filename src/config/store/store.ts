import type { LoadResult } from '../parse.js';

/** Where configuration comes from, as the runtime sees it. */
export interface ConfigStore {
  /** What is known now: empty before `start` has settled. */
  current(): LoadResult;
  /** Reads everything once, then watches. What is broken or missing is a diagnostic, not a failure. */
  start(): Promise<void>;
  /** Calls the listener after each change of resources or diagnostics since `start`; the result stops that. */
  onChange(listener: (state: LoadResult) => void): () => void;
  /** Stops watching; ends when nothing is left running. */
  close(): Promise<void>;
}

/** Time as a store uses it: tests turn it by hand. The result cancels. */
export interface Timers {
  after(millis: number, work: () => void): () => void;
}

/** Where a store tells what its diagnostics cannot. */
export interface StoreLog {
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Hints that a file, or something right in a folder, may have changed; may hint too often. */
export type Watch = (paths: readonly string[], events: WatchEvents) => { close(): Promise<void> };

export interface WatchEvents {
  changed(): void;
  failed(cause: unknown): void;
}

export interface StoreOptions {
  /** The namespace of resources that name none. */
  readonly defaultNamespace: string;
  readonly timers?: Timers | undefined;
  readonly log?: StoreLog | undefined;
  readonly watch?: Watch | undefined;
}
