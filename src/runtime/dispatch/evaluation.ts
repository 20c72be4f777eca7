import { EvalError } from '../../attributes/index.js';
import { FieldError } from '../../expr/index.js';
import type { Host } from '../host/host.js';
import { causeText } from '../host/cause-text.js';
import { LogLimiter } from '../host/log-limiter.js';
import type { Condition, InstanceBuilder } from '../routing/table.js';
import type { RequestBag } from './request-bag.js';

/** A step or a group of header operations: what a rule's match stands before. */
interface Guarded {
  readonly rule: string;
  readonly condition: Condition | undefined;
}

/** Evaluates matches and builds instances for one snapshot, and tells of those that fail. */
export class Evaluation {
  readonly #host: Host;
  /** What has been told of already. By identity: no text is looked up on the request path. */
  readonly #told = new Set<Guarded>();
  readonly #limiter: LogLimiter;

  constructor(host: Host) {
    this.#host = host;
    this.#limiter = new LogLimiter(host.monotonic);
  }

  /** Whether the rule applies. A match without a value skips the rule (mixer-core.md 6.3). */
  matches(guarded: Guarded, bag: RequestBag): boolean {
    if (guarded.condition === undefined) return true;
    const value = guarded.condition.evaluate(bag);
    if (value === true) return true;
    if (value !== false) this.#skipped(guarded, value);
    return false;
  }

  /** The instance, or text: why there is none. */
  build(builder: InstanceBuilder, bag: RequestBag): object | string {
    const instance = builder.build(bag);
    return instance instanceof FieldError ? this.#unbuilt(builder, instance) : instance;
  }

  #skipped(guarded: Guarded, value: unknown): void {
    const { log, stats } = this.#host;
    stats.conditionErrors++;
    const first = !this.#told.has(guarded);
    if (!first && !log.debugEnabled) return;
    this.#told.add(guarded);
    const fields = {
      rule: guarded.rule,
      match: guarded.condition?.source,
      error: value instanceof EvalError ? causeText(value.message) : 'the match is no boolean',
    };
    if (first) log.warn('rule skipped: its match could not be evaluated', fields);
    else log.debug('rule skipped: its match could not be evaluated', fields);
  }

  #unbuilt(builder: InstanceBuilder, failure: FieldError): string {
    // Bounded: the message may quote a value of any length.
    const error = causeText(failure.error.message);
    const text = `instance '${builder.name}' could not be built: ${failure.path}: ${error}`;
    const suppressed = this.#limiter.permit();
    if (suppressed !== undefined) {
      this.#host.log.error('instance could not be built', {
        instance: builder.name,
        field: failure.path,
        error,
        suppressed,
      });
    }
    return text;
  }
}
