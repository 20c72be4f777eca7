import type { Timing } from './types.js';

/** A signal that follows another one and aborts by itself when time is up. Must be ended. */
export class TimedSignal {
  readonly #controller = new AbortController();
  readonly #follow = (): void => this.#controller.abort();
  #cancel = (): void => undefined;
  #late: Error | undefined;

  constructor(
    private readonly outer: AbortSignal,
    private readonly timing: Timing,
  ) {
    if (outer.aborted) this.#follow();
    outer.addEventListener('abort', this.#follow);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Sets the time that is left; what was set before no longer counts. */
  expect(what: string, millis: number): void {
    this.#cancel();
    this.#cancel = this.timing.after(millis, () => {
      this.#late = new Error(`${what} did not come within ${millis / 1000} s`);
      this.#controller.abort();
    });
  }

  /** What to say instead of an error that only says that something was aborted. */
  explain(error: unknown): unknown {
    return this.#late ?? error;
  }

  /** Aborts what is still under way, and lets go of timer and outer signal. */
  end(): void {
    this.#cancel();
    this.outer.removeEventListener('abort', this.#follow);
    this.#controller.abort();
  }
}
