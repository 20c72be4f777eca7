import type { Cancel, Scheduler } from 'fairlead/sdk';
import type { Link } from './link.js';
import { type Failure, type Outcome, readReply } from './outcome.js';

/** One request as the script takes it. */
export interface Ask {
  readonly keys: readonly string[];
  /** Limit, amount and flags. */
  readonly args: readonly [string, string, string];
}

interface Batch {
  readonly keys: string[];
  readonly args: string[];
  readonly answers: ((outcome: Outcome) => void)[];
  cancel: Cancel;
  sent: boolean;
  settled: boolean;
}

interface LaneOptions {
  readonly link: Link;
  readonly schedule: Scheduler;
  readonly timeoutMillis: number;
  /** Counts a call. */
  readonly onCall: () => void;
  /** Nothing waits and nothing is under way. */
  readonly onIdle: () => void;
}

// Calls that are under way at once: Redis works on one while others travel. Requests that come meanwhile gather.
const mostCalls = 4;
// Requests to a call. More would save little, and make all of them wait for the last.
const mostAsks = 16;

/**
 * Sends the requests that one server decides on, several to a call, and answers each within the timeout. Nothing is sent
 * to a server that has let a call's time pass until it has answered that call: a server that stands still would charge
 * later for what nobody waits for.
 */
export class Lane {
  readonly #options: LaneOptions;
  /** Gathers requests; has not been sent. */
  #next: Batch | undefined;
  readonly #full: Batch[] = [];
  #calls = 0;
  #late = 0;
  #flushing = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  decide(ask: Ask): Promise<Outcome> {
    if (this.#late > 0) return Promise.resolve({ reason: 'timeout', message: 'redis owes an answer' });
    return new Promise((resolve) => {
      const batch = (this.#next ??= this.#open());
      batch.keys.push(...ask.keys);
      batch.args.push(...ask.args);
      batch.answers.push(resolve);
      if (batch.answers.length >= mostAsks) {
        this.#full.push(batch);
        this.#next = undefined;
      }
      if (this.#flushing) return;
      this.#flushing = true;
      // Requests of one turn should share a call.
      queueMicrotask(() => this.flush());
    });
  }

  /** Answers all that wait. */
  close(): void {
    for (const batch of this.#waiting()) settle(batch, { reason: 'unreachable', message: 'closed' });
  }

  #open(): Batch {
    const batch: Batch = { keys: [], args: [''], answers: [], cancel: () => undefined, sent: false, settled: false };
    const { schedule, timeoutMillis } = this.#options;
    batch.cancel = schedule.after(timeoutMillis, () => this.#expire(batch));
    return batch;
  }

  #expire(batch: Batch): void {
    if (batch.settled) return;
    settle(batch, { reason: 'timeout', message: `no answer within ${this.#options.timeoutMillis} ms` });
    if (batch.sent) this.#late += 1;
    // What has not been sent would only be charged for nothing.
    if (this.#next === batch) this.#next = undefined;
    const at = this.#full.indexOf(batch);
    if (at >= 0) this.#full.splice(at, 1);
    this.flush();
  }

  /** Sends what waits, as far as it may; to be called when the link's state has changed. */
  flush(): void {
    this.#flushing = false;
    const { link, onIdle } = this.#options;
    if (link.state === 'DOWN') for (const batch of this.#waiting()) settle(batch, unreachable(link));
    while (link.state === 'UP' && this.#calls < mostCalls) {
      const batch = this.#full.shift() ?? this.#next;
      if (batch === undefined) break;
      if (batch === this.#next) this.#next = undefined;
      if (!batch.settled) void this.#send(batch);
    }
    if (this.#calls === 0 && this.#next === undefined && this.#full.length === 0) onIdle();
  }

  async #send(batch: Batch): Promise<void> {
    this.#calls += 1;
    batch.sent = true;
    this.#options.onCall();
    try {
      const reply = await this.#options.link.evaluate(batch.keys, batch.args);
      this.#end(batch);
      const decisions = readReply(reply, batch.answers.length);
      if (decisions === undefined) settle(batch, { reason: 'malformed', message: 'the reply is not as expected' });
      else settle(batch, decisions);
    } catch (error) {
      this.#end(batch);
      const reason = this.#options.link.state === 'UP' ? 'error' : 'unreachable';
      settle(batch, { reason, message: error instanceof Error ? error.message : String(error) });
    }
    this.flush();
  }

  #end(batch: Batch): void {
    this.#calls -= 1;
    if (batch.settled) this.#late -= 1;
  }

  #waiting(): readonly Batch[] {
    const all = this.#full.splice(0);
    if (this.#next !== undefined) all.push(this.#next);
    this.#next = undefined;
    return all;
  }
}

function unreachable(link: Link): Failure {
  return { reason: 'unreachable', message: link.lastError };
}

function settle(batch: Batch, outcome: Failure | readonly Outcome[]): void {
  if (batch.settled) return;
  batch.settled = true;
  batch.cancel();
  for (const [index, answer] of batch.answers.entries()) {
    answer(Array.isArray(outcome) ? (outcome as readonly Outcome[])[index]! : (outcome as Failure));
  }
}
