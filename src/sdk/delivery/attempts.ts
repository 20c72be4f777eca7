import type { Cancel, Scheduler } from '../env.js';
import { reasonOf } from './reason.js';
import type { SendContext, SendOutcome } from './types.js';

/** What {@link Attempts} needs to know. */
export interface AttemptsOptions<Item> {
  readonly schedule: Scheduler;
  readonly timeoutMillis: number;
  readonly send: (batch: readonly Item[], context: SendContext) => Promise<SendOutcome<Item>>;
}

/** Time for a `send` to end by itself once its signal is aborted: it may know better what became of the batch. */
const graceMillis = 50;

/** The calls of `send` that are under way. Each ends within its time, whatever `send` does. */
export class Attempts<Item> {
  readonly #options: AttemptsOptions<Item>;
  readonly #running = new Set<() => void>();

  constructor(options: AttemptsOptions<Item>) {
    this.#options = options;
  }

  /** Makes an attempt. Never rejects: what `send` throws, and what makes no sense, is a `retry`. */
  run(batch: readonly Item[], attempt: number): Promise<SendOutcome<Item>> {
    const { schedule, timeoutMillis } = this.#options;
    return new Promise((resolve) => {
      const abort = new AbortController();
      const end = (outcome: SendOutcome<Item>): void => {
        cancel();
        this.#running.delete(abandon);
        resolve(outcome);
      };
      const abandon = (reason = 'there was no time left'): void => {
        abort.abort(new Error(reason));
        end({ kind: 'retry', reason });
      };
      let cancel: Cancel = schedule.after(timeoutMillis, () => {
        const reason = `no answer within ${timeoutMillis} ms`;
        abort.abort(new Error(reason));
        cancel = schedule.after(graceMillis, () => {
          abandon(reason);
        });
      });
      this.#running.add(abandon);
      void this.#call(batch, { signal: abort.signal, attempt }).then(end);
    });
  }

  /** Ends all attempts at once, without waiting for what becomes of them. */
  abandonAll(): void {
    for (const abandon of [...this.#running]) abandon();
  }

  async #call(batch: readonly Item[], context: SendContext): Promise<SendOutcome<Item>> {
    try {
      return checked(await this.#options.send(batch, context), batch.length);
    } catch (cause) {
      return { kind: 'retry', reason: reasonOf(cause) };
    }
  }
}

/** Makes the numbers of a partial outcome add up; anything else that is no outcome counts as a failure. */
function checked<Item>(outcome: SendOutcome<Item>, entries: number): SendOutcome<Item> {
  switch (outcome.kind) {
    case 'delivered':
    case 'retry':
    case 'rejected':
    case 'split':
      return outcome;
    case 'partial': {
      const again = outcome.again.slice(0, entries);
      const rejected = Math.min(Math.max(0, Math.trunc(outcome.rejected) || 0), entries - again.length);
      return { ...outcome, again, rejected };
    }
    default:
      return { kind: 'retry', reason: 'send gave no outcome' };
  }
}
