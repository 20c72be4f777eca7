import { callBounded } from './bounded-call.js';
import { CallFailure, type FailureKind } from './call-failure.js';
import type { Settings } from './client-options.js';
import { rpc } from './rpc-codes.js';
import type { Counters } from './statistics.js';
import type { AttributeSet, CallLimits, ReportBuffer, Transport } from './transport.js';

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
  #buffer: ReportBuffer | undefined;
  #sets = 0;
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
    const { reportTransport } = this.#settings;
    this.#buffer ??= reportTransport.beginReport?.() ?? new KeptSets(reportTransport);
    this.#buffer.add(set);
    if (++this.#sets >= batchEntries || this.#buffer.isFull) this.flush();
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
    const buffer = this.#buffer;
    if (buffer === undefined) return;
    this.#buffer = undefined;
    this.#sets = 0;
    this.#counters.total_remote_report_calls++;
    if (this.#underWay.size >= mostCalls) {
      this.#fail(new CallFailure(rpc.UNAVAILABLE, `${mostCalls} reports are under way`));
      return;
    }
    const sent: Promise<void> = this.#send(buffer).finally(() => this.#underWay.delete(sent));
    this.#underWay.add(sent);
  }

  /** Sends what is there and waits until all calls have ended, which their deadline makes sure of. */
  async close(): Promise<void> {
    this.flush();
    await Promise.all(this.#underWay);
  }

  async #send(buffer: ReportBuffer): Promise<void> {
    const { time } = this.#settings;
    try {
      await callBounded((limits) => buffer.send(limits), { time });
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

/** For transports that take sets as they are. */
class KeptSets implements ReportBuffer {
  readonly isFull = false;
  readonly #transport: Transport;
  readonly #sets: AttributeSet[] = [];

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  add(set: AttributeSet): void {
    this.#sets.push(set);
  }

  send(limits: CallLimits): Promise<void> {
    return this.#transport.report(this.#sets, limits);
  }
}
