/** What was decided: how much is granted, and for how many microseconds. */
export interface LocalDecision {
  readonly granted: number;
  readonly valid: number;
}

/** A request to a {@link LocalLimiter}. */
export interface LocalAsk {
  readonly key: string;
  /** Undefined for a request that is not deduplicated. */
  readonly answerKey: string | undefined;
  readonly amount: number;
  readonly bestEffort: boolean;
  readonly max: number;
  readonly windowMillis: number;
}

interface Cell {
  used: number;
  /** What was granted in each step, which lasts until `end` at most, and the time of its last grant; oldest first. */
  readonly steps: { end: number; latest: number; amount: number }[];
  /** When nothing of it is used any more, unless more is granted. */
  unused: number;
}

const stepsPerWindow = 20;
const mostCells = 100_000;
const mostAnswers = 50_000;
// Looking through all cells takes milliseconds: with too many in use not each new key may be a reason to.
const sweepMillis = 1000;

/**
 * Counts in this process while Redis is away: a rolling window whatever the algorithm. What a step granted is there
 * again one window after its last grant. Bounded: with too many keys in use a new one is granted nothing.
 */
export class LocalLimiter {
  readonly #cells = new Map<string, Cell>();
  readonly #answers = new Map<string, { readonly granted: number; readonly expires: number }>();
  #now = 0;
  /** When cells may be worth looking through again. */
  #sweepAt = 0;

  /** Decides at a time in milliseconds; a time before an earlier one counts as that one. */
  decide(ask: LocalAsk, millis: number): LocalDecision {
    const now = (this.#now = Math.max(this.#now, millis));
    const known = ask.answerKey === undefined ? undefined : this.#answers.get(ask.answerKey);
    if (known !== undefined && now < known.expires) {
      return { granted: known.granted, valid: Math.ceil((known.expires - now) * 1000) };
    }
    const granted = ask.amount > 0 ? this.#take(ask, now) : 0;
    if (granted === 0) return { granted, valid: 0 };
    if (ask.answerKey !== undefined) this.#remember(ask.answerKey, granted, now + ask.windowMillis);
    return { granted, valid: Math.round(ask.windowMillis * 1000) };
  }

  #take({ key, amount, bestEffort, max, windowMillis }: LocalAsk, now: number): number {
    const cell = this.#cells.get(key) ?? this.#create(key, now);
    if (cell === undefined) return 0;
    while (cell.steps.length > 0 && cell.steps[0]!.latest + windowMillis <= now)
      cell.used -= cell.steps.shift()!.amount;
    const free = Math.max(0, max - cell.used);
    const granted = amount <= free ? amount : bestEffort ? free : 0;
    if (granted === 0) return 0;
    cell.used += granted;
    let last = cell.steps.at(-1);
    if (last === undefined || last.end <= now) {
      last = { end: now + windowMillis / stepsPerWindow, latest: now, amount: 0 };
      cell.steps.push(last);
    }
    last.amount += granted;
    last.latest = now;
    cell.unused = now + windowMillis;
    return granted;
  }

  #create(key: string, now: number): Cell | undefined {
    if (this.#cells.size >= mostCells) {
      if (now >= this.#sweepAt) this.#sweep(now);
      if (this.#cells.size >= mostCells) return undefined;
    }
    const cell: Cell = { used: 0, steps: [], unused: 0 };
    this.#cells.set(key, cell);
    return cell;
  }

  #sweep(now: number): void {
    for (const [key, { unused }] of this.#cells) if (unused <= now) this.#cells.delete(key);
    this.#sweepAt = now + sweepMillis;
  }

  #remember(answerKey: string, granted: number, expires: number): void {
    this.#answers.delete(answerKey);
    this.#answers.set(answerKey, { granted, expires });
    if (this.#answers.size > mostAnswers) this.#answers.delete(this.#answers.keys().next().value!);
  }
}
