import { callBounded } from './bounded-call.js';
import { CallFailure, type FailureKind } from './call-failure.js';
import type { Settings } from './client-options.js';
import { rpc } from './rpc-codes.js';
import type { Counters } from './statistics.js';
import type { CheckAnswer, CheckCall } from './transport.js';

const counterOf = {
  timeout: 'total_remote_call_timeouts',
  send: 'total_remote_call_send_errors',
  other: 'total_remote_call_other_errors',
} as const satisfies Record<FailureKind, keyof Counters>;

/** Asks the Mixer, again and again as far as the settings allow. A failure is an outcome here. */
export class RemoteCheck {
  readonly #settings: Settings;
  readonly #counters: Counters;

  constructor(settings: Settings, counters: Counters) {
    this.#settings = settings;
    this.#counters = counters;
  }

  /** The answer, or the last failure. When `signal` aborts, the call or the wait for the next one ends at once. */
  async ask(call: CheckCall, signal: AbortSignal | undefined): Promise<CheckAnswer | CallFailure> {
    const { transport, time, maxRetry } = this.#settings;
    for (let attempt = 0; ; attempt++) {
      if (signal?.aborted === true) return this.#cancelled();
      try {
        const answer = await callBounded((limits) => transport.check(call, limits), { time, signal });
        this.#counters.total_remote_call_successes++;
        return answer;
      } catch (error) {
        if (isAborted(signal)) return this.#cancelled();
        const failure = CallFailure.from(error);
        this.#counters[counterOf[failure.kind]]++;
        if (attempt >= maxRetry) return failure;
        this.#counters.total_remote_call_retries++;
        await this.#wait(attempt, signal);
      }
    }
  }

  #cancelled(): CallFailure {
    this.#counters.total_remote_call_cancellations++;
    return new CallFailure(rpc.CANCELLED, 'nobody waits for the answer any more');
  }

  /** Between the base and its double for every attempt so far, evenly, so that proxies do not come back in step. */
  #wait(attempt: number, signal: AbortSignal | undefined): Promise<void> {
    const { baseRetryWait, maxRetryWait, random, time } = this.#settings;
    const longest = Math.min(maxRetryWait, baseRetryWait * 2 ** attempt);
    return new Promise((resolve) => {
      const end = (): void => {
        stop();
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const stop = time.after(baseRetryWait + random() * (longest - baseRetryWait), end);
      signal?.addEventListener('abort', end, { once: true });
    });
  }
}

// Asked anew after waiting, which the compiler does not know.
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
