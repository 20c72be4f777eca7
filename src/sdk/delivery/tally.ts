import type { Cancel, Env } from '../env.js';
import { shortText } from './reason.js';
import type { DropReason } from './types.js';

type TallyEnv = Pick<Env, 'log' | 'metrics' | 'schedule'>;

/** What is shown of a delivery besides what was counted. */
export interface Level {
  readonly entries: number;
  readonly bytes: number;
  readonly circuitOpen: boolean;
}

const publishMillis = 1000;
const quietMillis = 30_000;

/**
 * Counts what becomes of items. Counting is an addition; the host's metrics are brought up to date a second later, for
 * all that has come together by then. Drops are logged as sums, every 30 seconds at most.
 */
export class Tally {
  readonly #env: TallyEnv;
  readonly #queue: string;
  readonly #level: () => Level;
  readonly #metrics: ReturnType<typeof createMetrics>;
  readonly #dropped = noDrops();
  readonly #unpublished = noDrops();
  #sent = 0;
  #retries = 0;
  #lastReason = '';
  #cancelPublish: Cancel | undefined;
  #cancelQuiet: Cancel | undefined;

  constructor(env: TallyEnv, options: { readonly queue: string; readonly level: () => Level }) {
    this.#env = env;
    this.#queue = options.queue;
    this.#level = options.level;
    this.#metrics = createMetrics(env);
    this.publish();
  }

  sent(count: number): void {
    this.#sent += count;
    this.touch();
  }

  retried(): void {
    this.#retries += 1;
    this.touch();
  }

  dropped(reason: DropReason, count: number, text = ''): void {
    this.#unpublished[reason] += count;
    if (text !== '') this.#lastReason = text;
    this.touch();
  }

  /** Has the metrics brought up to date soon. */
  touch(): void {
    this.#cancelPublish ??= this.#env.schedule.after(publishMillis, () => {
      this.publish();
    });
  }

  /** Brings the metrics up to date now. */
  publish(): void {
    this.#cancelPublish?.();
    this.#cancelPublish = undefined;
    const { sent, retries, dropped, entries, bytes, circuit } = this.#metrics;
    const labels = { queue: this.#queue };
    sent.add(this.#sent, labels);
    retries.add(this.#retries, labels);
    this.#sent = 0;
    this.#retries = 0;
    for (const reason of dropReasons) {
      dropped.add(this.#unpublished[reason], { ...labels, reason });
      this.#dropped[reason] += this.#unpublished[reason];
      this.#unpublished[reason] = 0;
    }
    const level = this.#level();
    entries.set(level.entries, labels);
    bytes.set(level.bytes, labels);
    circuit.set(level.circuitOpen ? 1 : 0, labels);
    if (this.#cancelQuiet === undefined) this.#logDrops();
    // What waits grows without counting anything.
    if (level.entries > 0) this.touch();
  }

  /** Tells the last of it, and stops. */
  close(): void {
    this.publish();
    this.#cancelQuiet?.();
    this.#logDrops();
    this.#cancelQuiet?.();
  }

  #logDrops(): void {
    this.#cancelQuiet = undefined;
    const reasons = dropReasons.filter((reason) => this.#dropped[reason] > 0);
    if (reasons.length === 0) return;
    const counts = Object.fromEntries(reasons.map((reason) => [reason, this.#dropped[reason]]));
    for (const reason of reasons) this.#dropped[reason] = 0;
    const why = this.#lastReason === '' ? {} : { error: shortText(this.#lastReason) };
    this.#lastReason = '';
    this.#env.log.warn('entries dropped', { queue: this.#queue, ...counts, ...why });
    this.#cancelQuiet = this.#env.schedule.after(quietMillis, () => {
      this.#logDrops();
    });
  }
}

const noDrops = (): Record<DropReason, number> => ({
  queue_full: 0,
  too_large: 0,
  retries_exhausted: 0,
  rejected: 0,
  closed: 0,
});

const dropReasons = Object.keys(noDrops()) as readonly DropReason[];

function createMetrics({ metrics }: TallyEnv) {
  return {
    sent: metrics.counter('delivery_sent', 'Entries that the backend took.'),
    dropped: metrics.counter('delivery_dropped', 'Entries that never arrived, by reason.'),
    retries: metrics.counter('delivery_retries', 'Batches that were sent once more.'),
    entries: metrics.gauge('delivery_queue_entries', 'Entries that wait or are on their way.'),
    bytes: metrics.gauge('delivery_queue_bytes', 'Memory of what waits or is on its way, about.'),
    circuit: metrics.gauge('delivery_circuit_open', '1 while nothing is sent because the backend is dead.'),
  };
}
