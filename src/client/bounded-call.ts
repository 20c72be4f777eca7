import { CallFailure } from './call-failure.js';
import { rpc } from './rpc-codes.js';
import type { ClientTime } from './time.js';
import type { CallLimits } from './transport.js';

/** How long a call may take (mesh.md 1.11). */
const callTimeoutMillis = 5000;

/** What bounds one call besides its deadline. */
export interface CallBounds {
  readonly time: ClientTime;
  /** Ends the call because nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a call that ends: by its answer, at the deadline, or when nobody waits any more, whatever the transport does.
 * Rejects with CallFailure only.
 */
export function callBounded<T>(call: (limits: CallLimits) => Promise<T>, { time, signal }: CallBounds): Promise<T> {
  const abort = new AbortController();
  return new Promise((resolve, reject) => {
    const end = (): void => {
      stop();
      signal?.removeEventListener('abort', cancel);
    };
    const fail = (failure: CallFailure): void => {
      end();
      reject(failure);
      abort.abort(failure);
    };
    const cancel = (): void => {
      fail(new CallFailure(rpc.CANCELLED, 'nobody waits for the answer any more'));
    };
    const stop = time.after(callTimeoutMillis, () => {
      fail(new CallFailure(rpc.DEADLINE_EXCEEDED, `no answer within ${callTimeoutMillis} ms`));
    });
    signal?.addEventListener('abort', cancel, { once: true });
    // Deferred by a promise, so that a transport which throws is one that rejects.
    Promise.resolve({ signal: abort.signal, timeoutMillis: callTimeoutMillis })
      .then(call)
      .then(
        (answer) => {
          end();
          resolve(answer);
        },
        (error: unknown) => {
          end();
          reject(CallFailure.from(error));
        },
      );
  });
}
