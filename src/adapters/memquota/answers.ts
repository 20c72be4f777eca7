/** An answer that was given, and until when it holds (microseconds of the steady clock). */
export interface Answer {
  readonly amount: bigint;
  readonly expires: number;
}

const leastSlots = 1024;
// Random ids at half load stay well below; whoever sends ids that collide on purpose fills an ordinary map instead.
const longestProbe = 128;

/**
 * Answers by id, for ids of which hardly any is ever asked for again: an absent id costs one look at memory, where a
 * `Map` of as many needs several. Open addressing with linear probing; `#table` has hash and index + 1 of each slot.
 */
export class Answers {
  #table: Int32Array;
  #mask: number;
  readonly #ids: string[] = [];
  readonly #amounts: bigint[] = [];
  readonly #expires: number[] = [];
  readonly #colliding = new Map<string, Answer>();

  /** Has room for `expected` answers before it must grow. */
  constructor(expected: number) {
    const slots = Math.max(leastSlots, 2 ** Math.ceil(Math.log2(expected * 2 + 1)));
    this.#table = new Int32Array(slots * 2);
    this.#mask = slots - 1;
  }

  get size(): number {
    return this.#ids.length + this.#colliding.size;
  }

  /** The answer to `id`, whose hash is `hash`. */
  get(id: string, hash: number): Answer | undefined {
    const table = this.#table;
    let slot = hash & this.#mask;
    for (let step = 0; step < longestProbe; step += 1) {
      const index = table[slot * 2 + 1]! - 1;
      // There was no free slot when a colliding one was added, but since then the table may have grown.
      if (index < 0) return this.#colliding.size === 0 ? undefined : this.#colliding.get(id);
      if (table[slot * 2] === hash && this.#ids[index] === id) {
        return { amount: this.#amounts[index]!, expires: this.#expires[index]! };
      }
      slot = (slot + 1) & this.#mask;
    }
    return this.#colliding.get(id);
  }

  /** Remembers the answer to an id that is not there yet. */
  add(id: string, hash: number, answer: Answer): void {
    if ((this.#ids.length + 1) * 2 > this.#mask + 1) this.#grow();
    const slot = freeSlot(this.#table, hash);
    if (slot < 0) {
      this.#colliding.set(id, answer);
      return;
    }
    this.#ids.push(id);
    this.#amounts.push(answer.amount);
    this.#expires.push(answer.expires);
    this.#table[slot * 2] = hash;
    this.#table[slot * 2 + 1] = this.#ids.length;
  }

  #grow(): void {
    const old = this.#table;
    const table = new Int32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] === 0) continue;
      const slot = freeSlot(table, old[at]!);
      const index = old[at + 1]! - 1;
      if (slot < 0) {
        this.#colliding.set(this.#ids[index]!, { amount: this.#amounts[index]!, expires: this.#expires[index]! });
        continue;
      }
      table[slot * 2] = old[at]!;
      table[slot * 2 + 1] = old[at + 1]!;
    }
    this.#table = table;
    this.#mask = table.length / 2 - 1;
  }
}

/** The first free slot for a hash, or -1 when too many before it are taken. */
function freeSlot(table: Int32Array, hash: number): number {
  const mask = table.length / 2 - 1;
  let slot = hash & mask;
  for (let step = 0; step < longestProbe; step += 1) {
    if (table[slot * 2 + 1] === 0) return slot;
    slot = (slot + 1) & mask;
  }
  return -1;
}
