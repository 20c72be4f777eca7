import { callBounded } from './bounded-call.js';
import { CallFailure, type FailureKind } from './call-failure.js';
import type { Settings } from './client-options.js';
import { rpc } from './rpc-codes.js';
import type { Counters } from './statistics.js';
import type { AttributeSet } from './transport.js';

const counterOf = {
  timeout: 'total_remote_report_timeouts',
  send: 'total_remote_report_send_errors',
  other: 'total_remote_report_other_errors',
} as const satisfies Record<FailureKind, keyof Counters>;

/** A Mixer that is slow must not make us hold ever more: further reports are dropped, as failed ones are. */
const mostCalls = 100;
/** One in how many failures is told. */
const toldEvery = 100;

/** Told of failures: of the first, then of every hundredth. */
export type OnReportFailure = (failure: Error, failures: number) => void;

/** Collects reports and sends many at once (mesh.md 1.9). Nobody waits for them; what fails is dropped and counted. */
export class ReportBatch {
  readonly #settings: Settings;
  readonly #counters: Counters;
  readonly #onFailure: OnReportFailure | undefined;
  readonly #underWay = new Set<Promise<void>>();
  #sets: AttributeSet[] = [];
  #stopTimer: (() => void) | undefined;
  #failures = 0;

  constructor(settings: Settings, counters: Counters, onFailure: OnReportFailure | undefined) {
    this.#settings = settings;
    this.#counters = counters;
    this.#onFailure = onFailure;
  }

  /** Adds a set, which must not change any more. */
  add(set: AttributeSet): void {
    const { batchEntries, batchMillis, time } = this.#settings;
    this.#counters.total_report_calls++;
    this.#sets.push(set);
    if (this.#sets.length >= batchEntries) this.flush();
    else {
      this.#stopTimer ??= time.after(batchMillis, () => {
        this.flush();
      });
    }
  }

  /** Sends what is there. */
  flush(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (this.#sets.length === 0) return;
    const sets = this.#sets;
    this.#sets = [];
    this.#counters.total_remote_report_calls++;
    if (this.#underWay.size >= mostCalls) {
      this.#fail(new CallFailure(rpc.UNAVAILABLE, `${mostCalls} reports are under way`));
      return;
    }
    const sent: Promise<void> = this.#send(sets).finally(() => this.#underWay.delete(sent));
    this.#underWay.add(sent);
  }

  /** Sends what is there and waits until all calls have ended, which their deadline makes sure of. */
  async close(): Promise<void> {
    this.flush();
    await Promise.all(this.#underWay);
  }

  async #send(sets: readonly AttributeSet[]): Promise<void> {
    const { reportTransport, time } = this.#settings;
    try {
      await callBounded((limits) => reportTransport.report(sets, limits), { time });
      this.#counters.total_remote_report_successes++;
    } catch (error) {
      this.#fail(CallFailure.from(error));
    }
  }

  #fail(failure: CallFailure): void {
    this.#counters[counterOf[failure.kind]]++;
    if (this.#failures++ % toldEvery === 0) this.#onFailure?.(failure, this.#failures);
  }
}
