import type { ProxyEnv } from '../env.js';

/** Calls `onIdle` when `touch` has not been called for so long. Touching costs next to nothing: no timer is moved. */
export class IdleWatch {
  readonly #env: ProxyEnv;
  readonly #millis: number;
  readonly #onIdle: () => void;
  #touched: number;
  #cancel: (() => void) | undefined;

  constructor(env: ProxyEnv, millis: number, onIdle: () => void) {
    this.#env = env;
    this.#millis = millis;
    this.#onIdle = onIdle;
    this.#touched = env.monotonic();
    this.#wait(millis);
  }

  touch(): void {
    this.#touched = this.#env.monotonic();
  }

  stop(): void {
    this.#cancel?.();
  }

  #wait(millis: number): void {
    this.#cancel = this.#env.after(millis, () => {
      const left = this.#touched + this.#millis - this.#env.monotonic();
      if (left > 0) this.#wait(left);
      else this.#onIdle();
    });
  }
}
