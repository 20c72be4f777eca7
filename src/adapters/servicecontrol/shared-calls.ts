import type { Env } from 'fairlead/sdk';
import { untilAborted } from './until-aborted.js';

/** Calls that are under way: whoever wants the same at the same time shares one. */
export class SharedCalls<T> {
  readonly #calls = new Map<string, Promise<T>>();

  constructor(
    readonly env: Env,
    /** How long a call may take, whoever waits for it. */
    readonly millis: number,
  ) {}

  /** The outcome of the call for this key, started if there is none. Rejects when the signal is aborted before. */
  run(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    let call = this.#calls.get(key);
    if (call === undefined) {
      call = this.#start(start).finally(() => this.#calls.delete(key));
      this.#calls.set(key, call);
    }
    return untilAborted(call, signal);
  }

  async #start(start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal, schedule } = this.env;
    const abort = new AbortController();
    const stop = (): void => abort.abort();
    const cancel = schedule.after(this.millis, () => abort.abort(new Error(`no answer within ${this.millis} ms`)));
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await start(abort.signal);
    } finally {
      cancel();
      signal.removeEventListener('abort', stop);
    }
  }
}
