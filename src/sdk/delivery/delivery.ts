import type { Cancel, Env } from '../env.js';
import { Attempts } from './attempts.js';
import { Backoff } from './backoff.js';
import { Circuit } from './circuit.js';
import { reasonOf } from './reason.js';
import { Pauses } from './pauses.js';
import { Ring } from './ring.js';
import { type Settings, settingsOf } from './settings.js';
import { Tally } from './tally.js';
import type { Delivery, DeliveryOptions, DeliveryState, DropReason, SendOutcome } from './types.js';

/** What a delivery takes from the host. */
export type DeliveryEnv = Pick<Env, 'log' | 'clock' | 'schedule' | 'metrics' | 'signal'>;

/**
 * Makes a delivery. All its time comes from `env.schedule`, and closing the handler must call its `close`: the host
 * stops `env.schedule` right after that, and with it whatever the delivery still had in mind.
 */
export function createDelivery<Item>(env: DeliveryEnv, options: DeliveryOptions<Item>): Delivery<Item> {
  return new QueuedDelivery(env, settingsOf(options));
}

/** A batch on its way, and the number of its first item. */
interface Batch<Item> {
  readonly items: readonly Item[];
  readonly bytes: number;
  readonly first: number;
}

/** Items of a batch that are to be sent together. */
interface Portion<Item> {
  readonly items: readonly Item[];
  /** The number of the next attempt. */
  readonly attempt: number;
  /** How often it was halved. */
  readonly splits: number;
}

// A backend that takes nothing at all must not get a request for each item.
const maxSplits = 6;

class QueuedDelivery<Item> implements Delivery<Item> {
  readonly #env: DeliveryEnv;
  readonly #settings: Settings<Item>;
  readonly #ring = new Ring<Item>();
  readonly #backoff: Backoff;
  readonly #pauses: Pauses;
  readonly #attempts: Attempts<Item>;
  readonly #circuit: Circuit;
  readonly #tally: Tally;
  readonly #onTheWay = new Set<Batch<Item>>();
  readonly #flushes: { readonly end: number; readonly resolve: () => void }[] = [];
  #entriesOnTheWay = 0;
  #bytesOnTheWay = 0;
  /** Items with smaller numbers do not wait for a full batch. */
  #due = 0;
  #isAwake = false;
  #cancelTimer: Cancel | undefined;
  #isOpen = true;
  #outOfTime = false;
  #closing: Promise<void> | undefined;

  constructor(env: DeliveryEnv, settings: Settings<Item>) {
    this.#env = env;
    this.#settings = settings;
    const { schedule } = env;
    this.#backoff = new Backoff(settings);
    this.#pauses = new Pauses(schedule);
    this.#attempts = new Attempts({ schedule, timeoutMillis: settings.timeoutMillis, send: settings.send });
    this.#circuit = new Circuit({ ...settings.circuit, schedule, changed: (to, why) => this.#logCircuit(to, why) });
    this.#tally = new Tally(env, {
      queue: settings.name,
      level: () => ({ ...this.state, circuitOpen: this.#circuit.state !== 'closed' }),
    });
  }

  get state(): DeliveryState {
    return {
      entries: this.#ring.length + this.#entriesOnTheWay,
      bytes: this.#ring.bytes + this.#bytesOnTheWay,
      circuit: this.#circuit.state,
    };
  }

  offer(item: Item): boolean {
    if (!this.#isOpen) return this.#refuse('closed');
    const size = this.#sizeOf(item);
    // Not `size > largest`: a size that is no number must not get in.
    if (!(size <= this.#settings.largest)) return this.#refuse('too_large');
    if (!this.#fits(size) && !this.#makeRoom(size)) return this.#refuse('queue_full');
    this.#ring.push(item, size);
    this.#wake();
    return true;
  }

  flush(): Promise<void> {
    this.#due = this.#ring.end;
    this.#pump();
    return this.#ended(this.#ring.end);
  }

  close(): Promise<void> {
    this.#isOpen = false;
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const cancel = this.#env.schedule.after(this.#settings.closeMillis, () => this.#giveUp());
    // No time to lose: batches that wait after a failure go out now, and a dead backend gets one more chance.
    this.#pauses.endAll();
    this.#circuit.tryNow();
    await this.flush();
    cancel();
    this.#cancelWake();
    this.#circuit.release();
    this.#tally.close();
  }

  /** Ends what is under way and drops what waits. */
  #giveUp(): void {
    if (this.#outOfTime) return;
    this.#outOfTime = true;
    this.#drop('closed', this.#ring.length);
    this.#ring.clear();
    this.#attempts.abandonAll();
    this.#pauses.endAll();
    this.#circuit.release();
    this.#settleFlushes();
  }

  #sizeOf(item: Item): number {
    try {
      return Math.max(0, this.#settings.sizeOf(item));
    } catch {
      // Nobody knows how large it is, so it does not get in.
      return NaN;
    }
  }

  #fits(size: number): boolean {
    const { entries, bytes } = this.#settings.queue;
    return (
      this.#ring.length + this.#entriesOnTheWay < entries && this.#ring.bytes + this.#bytesOnTheWay + size <= bytes
    );
  }

  #makeRoom(size: number): boolean {
    const { overflow, queue } = this.#settings;
    if (overflow === 'newest') return false;
    // What is on its way cannot be called back: no item is worth dropping when that alone fills the queue.
    if (this.#entriesOnTheWay >= queue.entries || this.#bytesOnTheWay + size > queue.bytes) return false;
    while (!this.#fits(size)) {
      this.#ring.drop();
      this.#drop('queue_full', 1);
    }
    if (this.#flushes.length > 0) this.#settleFlushes();
    return true;
  }

  #refuse(reason: DropReason): boolean {
    this.#drop(reason, 1);
    return false;
  }

  #drop(reason: DropReason, count: number, text?: string): void {
    if (count > 0) this.#tally.dropped(reason, count, text);
  }

  /** Sees to it that a batch goes out when it is full, and otherwise in time. */
  #wake(): void {
    // Runs from the oldest item that waits or earlier, never later. So no item needs a time of its own.
    this.#cancelTimer ??= this.#env.schedule.after(this.#settings.batch.millis, () => {
      this.#cancelTimer = undefined;
      this.#due = this.#ring.end;
      this.#pump();
    });
    this.#tally.touch();
    if (this.#isAwake || !this.#hasLane() || !this.#isFull()) return;
    this.#isAwake = true;
    this.#env.schedule.now(() => {
      this.#isAwake = false;
      this.#pump();
    });
  }

  #hasLane(): boolean {
    return this.#onTheWay.size < this.#settings.concurrency;
  }

  #isFull(): boolean {
    const { batch } = this.#settings;
    return this.#ring.length >= batch.entries || this.#ring.bytes >= batch.bytes;
  }

  #pump(): void {
    while (this.#hasLane() && this.#ring.length > 0 && (this.#isFull() || this.#ring.first < this.#due)) {
      const first = this.#ring.first;
      void this.#deliver({ ...this.#ring.take(this.#settings.batch), first });
    }
    // What is due already waits for a lane, whose end pumps again.
    if (this.#ring.length === 0) this.#cancelWake();
    else if (this.#ring.end > this.#due) this.#wake();
    this.#tally.touch();
  }

  #cancelWake(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  async #deliver(batch: Batch<Item>): Promise<void> {
    this.#onTheWay.add(batch);
    this.#bytesOnTheWay += batch.bytes;
    this.#entriesOnTheWay += batch.items.length;
    this.#backoff.sent();
    const portions: Portion<Item>[] = [{ items: batch.items, attempt: 1, splits: 0 }];
    for (let portion = portions.pop(); portion !== undefined; portion = portions.pop()) {
      await this.#circuit.pass();
      const left = await this.#attempt(portion);
      portions.push(...left);
      this.#entriesOnTheWay -= left.reduce((count, { items }) => count - items.length, portion.items.length);
    }
    this.#onTheWay.delete(batch);
    this.#bytesOnTheWay -= batch.bytes;
    this.#settleFlushes();
    this.#pump();
  }

  /** Sends items once and gives those that are to be sent again, the first of them last, when it is time to. */
  async #attempt(portion: Portion<Item>): Promise<readonly Portion<Item>[]> {
    const { items, attempt } = portion;
    if (this.#outOfTime) return this.#end(items, 'closed');
    const outcome = await this.#attempts.run(items, attempt);
    switch (outcome.kind) {
      case 'delivered':
        this.#tally.sent(items.length);
        this.#circuit.answered();
        return [];
      case 'rejected':
        this.#circuit.answered();
        return this.#end(items, 'rejected', outcome.reason);
      case 'split':
        this.#circuit.answered();
        return this.#split(portion, outcome.reason);
      case 'partial':
        this.#tally.sent(items.length - outcome.again.length - outcome.rejected);
        this.#drop('rejected', outcome.rejected, outcome.reason);
        this.#circuit.answered();
        return this.#again({ ...portion, items: outcome.again }, outcome);
      case 'retry':
        this.#circuit.failed(outcome.reason);
        // A backend that is dead now will not be back before the time is over.
        if (!this.#isOpen && this.#circuit.state === 'open') this.#giveUp();
        return this.#again(portion, outcome);
    }
  }

  async #again(
    { items, attempt, splits }: Portion<Item>,
    outcome: SendOutcome<Item> & { readonly kind: 'retry' | 'partial' },
  ): Promise<readonly Portion<Item>[]> {
    if (items.length === 0) return [];
    if (this.#outOfTime) return this.#end(items, 'closed');
    if (attempt >= this.#settings.attempts) return this.#end(items, 'retries_exhausted', outcome.reason);
    this.#tally.retried();
    const { retryAfterMillis } = outcome;
    await this.#pauses.wait(this.#backoff.millis(attempt, retryAfterMillis));
    return [{ items, attempt: attempt + 1, splits }];
  }

  /** The backend is alive and has seen neither half, so each has all of its attempts. */
  #split({ items, splits }: Portion<Item>, reason: string): readonly Portion<Item>[] {
    if (items.length === 1 || splits === maxSplits) return this.#end(items, 'rejected', reason);
    const middle = Math.ceil(items.length / 2);
    const half = { attempt: 1, splits: splits + 1 };
    return [
      { items: items.slice(middle), ...half },
      { items: items.slice(0, middle), ...half },
    ];
  }

  #end(items: readonly Item[], reason: DropReason, text?: string): readonly Portion<Item>[] {
    this.#drop(reason, items.length, text);
    return [];
  }

  /** Resolves when no item with a smaller number waits or is on its way. */
  #ended(end: number): Promise<void> {
    return new Promise((resolve) => {
      this.#flushes.push({ end, resolve });
      this.#settleFlushes();
    });
  }

  #settleFlushes(): void {
    if (this.#flushes.length === 0) return;
    let oldest = this.#ring.first;
    for (const { first } of this.#onTheWay) oldest = Math.min(oldest, first);
    while (this.#flushes.length > 0 && this.#flushes[0]!.end <= oldest) this.#flushes.shift()!.resolve();
  }

  #logCircuit(state: 'open' | 'closed', reason: string): void {
    const fields = { queue: this.#settings.name };
    if (state === 'open') this.#env.log.warn('backend unreachable', { ...fields, error: reasonOf(reason) });
    else this.#env.log.info('backend is back', fields);
    this.#tally.publish();
  }
}
