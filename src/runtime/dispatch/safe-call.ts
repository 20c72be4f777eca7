import type { CallContext, QuotaArgs } from '../../sdk/index.js';
import { MixerError } from '../../util/errors.js';
import { causeStack, causeText } from '../host/cause-text.js';
import type { Waiting } from '../host/deadline-queue.js';
import type { CallStats } from '../host/dispatch-stats.js';
import type { Host } from '../host/host.js';
import { LogLimiter } from '../host/log-limiter.js';
import type { Destination } from '../routing/table.js';
import { type Accept, acceptFor } from './answers.js';
import { methodNameOf } from './method-name.js';

/** What a call ends with. Every way in which an adapter can fail is one of our three codes ADAPTER_*. */
export type Outcome<T> = T | MixerError;

type Method = (this: unknown, ...values: unknown[]) => unknown;
type FailureCode = 'ADAPTER_FAILED' | 'ADAPTER_TIMEOUT' | 'ADAPTER_INVALID';

/**
 * The one place through which adapters are called: one handler for one template. Times, counts and bounds every call,
 * judges the answer, and contains whatever goes wrong: nothing here throws, no promise from here rejects. An answer
 * that is given at once costs neither a promise nor a timer.
 */
export class SafeCall<T extends object | true = object | true> {
  readonly #host: Host;
  readonly #stats: CallStats;
  readonly #limiter: LogLimiter;
  readonly #handler: object;
  readonly #method: Method;
  readonly #accept: Accept<T>;
  readonly #name: string;

  constructor(destination: Destination, host: Host) {
    const { handler, template } = destination;
    this.#host = host;
    this.#name = handler.name;
    this.#stats = host.stats.calls(handler.name, handler.adapter.name, template.name);
    this.#limiter = new LogLimiter(host.monotonic);
    this.#handler = handler.handler;
    const name = methodNameOf(template);
    const method = (handler.handler as Readonly<Record<string, unknown>>)[name];
    const served = typeof method === 'function';
    this.#method = served ? (method as Method) : () => undefined;
    this.#accept = served ? (acceptFor(template) as Accept<T>) : () => `the handler has no method ${name}`;
  }

  /** Calls with one instance or, for REPORT, with the array of all; `args` only for QUOTA. */
  call(instance: object, args?: QuotaArgs): Outcome<T> | Promise<Outcome<T>> {
    const start = this.#host.monotonic();
    const context = new Context(this.#host, start);
    let answer: unknown;
    try {
      answer =
        args === undefined
          ? this.#method.call(this.#handler, instance, context)
          : this.#method.call(this.#handler, instance, args, context);
      if (!isThenable(answer)) return this.#settle(answer, start);
    } catch (cause) {
      return this.#fail('ADAPTER_FAILED', cause, start);
    }
    return this.#wait(answer, context, start);
  }

  /** May throw what a hostile answer's accessors throw: only called where that is caught. */
  #settle(answer: unknown, start: number): Outcome<T> {
    const accepted = this.#accept(answer);
    if (typeof accepted === 'string') return this.#fail('ADAPTER_INVALID', accepted, start);
    this.#stats.record(false, (this.#host.monotonic() - start) / 1000);
    return accepted;
  }

  #wait(answer: PromiseLike<unknown>, context: Context, start: number): Promise<Outcome<T>> {
    return new Promise((resolve) => {
      const { adapterTimeoutMs, deadlines } = this.#host;
      const pending = new Pending(() => {
        resolve(this.#fail('ADAPTER_TIMEOUT', `no answer within ${adapterTimeoutMs} ms`, start));
        context.expire();
      });
      deadlines.add(pending, start);
      // Through a promise of our own, because a foreign `then` may throw, call back twice or at once. What settles
      // after the deadline is dropped: `remove` says so.
      Promise.resolve(answer).then(
        (value) => {
          if (deadlines.remove(pending)) resolve(this.#judge(value, start));
        },
        (cause: unknown) => {
          if (deadlines.remove(pending)) resolve(this.#fail('ADAPTER_FAILED', cause, start));
        },
      );
    });
  }

  #judge(answer: unknown, start: number): Outcome<T> {
    try {
      return this.#settle(answer, start);
    } catch (cause) {
      return this.#fail('ADAPTER_FAILED', cause, start);
    }
  }

  #fail(code: FailureCode, cause: unknown, start: number): MixerError {
    this.#stats.record(true, (this.#host.monotonic() - start) / 1000);
    const text = causeText(cause);
    const suppressed = this.#limiter.permit();
    if (suppressed !== undefined) {
      const { handler, adapter, template } = this.#stats;
      const stack = causeStack(cause);
      this.#host.log.error('adapter call failed', { handler, adapter, template, code, error: text, stack, suppressed });
    }
    return new MixerError(code, `${this.#name}: ${text}`, cause);
  }
}

/** The CallContext: cheap to make, because most adapters read neither field. */
class Context implements CallContext {
  readonly #host: Host;
  readonly #start: number;
  #controller: AbortController | undefined;
  #expired = false;

  constructor(host: Host, start: number) {
    this.#host = host;
    this.#start = start;
  }

  get deadline(): number {
    const host = this.#host;
    return host.clock.now() + this.#start + host.adapterTimeoutMs - host.monotonic();
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#expired) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  expire(): void {
    this.#expired = true;
    this.#controller?.abort();
  }
}

class Pending implements Waiting {
  due = 0;
  waits = false;
  previous: Waiting | undefined = undefined;
  next: Waiting | undefined = undefined;
  readonly expire: () => void;

  constructor(expire: () => void) {
    this.expire = expire;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { readonly then?: unknown }).then === 'function'
  );
}
