/** Counts what happened within the last second or so, in slots that each stand for a part of it. */
export class RollingCount {
  readonly #slots: number[];
  readonly #slotMillis: number;
  /** Number of the newest slot since time began. */
  #newest = -Infinity;
  #sum = 0;

  constructor(windowMillis: number, slots: number) {
    this.#slots = new Array<number>(slots).fill(0);
    this.#slotMillis = windowMillis / slots;
  }

  add(amount: number, now: number): void {
    this.#move(now);
    this.#slots[this.#place(this.#newest)]! += amount;
    this.#sum += amount;
  }

  count(now: number): number {
    this.#move(now);
    return this.#sum;
  }

  #move(now: number): void {
    const slot = Math.floor(now / this.#slotMillis);
    if (slot <= this.#newest) return;
    const passed = Math.min(slot - this.#newest, this.#slots.length);
    for (let at = slot - passed + 1; at <= slot; at++) {
      this.#sum -= this.#slots[this.#place(at)]!;
      this.#slots[this.#place(at)] = 0;
    }
    this.#newest = slot;
  }

  #place(slot: number): number {
    const { length } = this.#slots;
    return ((slot % length) + length) % length;
  }
}
