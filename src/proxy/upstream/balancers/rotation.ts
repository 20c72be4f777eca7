import { areEqual } from './balancer.js';

/** Gives out indexes in turn, each as often as its weight says: earliest deadline first, as Envoy does it. */
export class Rotation {
  readonly #size: number;
  /** Undefined when all weigh the same. */
  readonly #steps: Float64Array | undefined;
  readonly #deadlines: Float64Array;
  /** Indexes, a heap by deadline and then by index. */
  readonly #heap: Uint32Array;
  #next: number;

  constructor(weights: readonly number[], random: () => number) {
    this.#size = weights.length;
    // Not all proxies begin with the same one.
    this.#next = Math.floor(random() * weights.length);
    const isEven = areEqual(weights);
    this.#steps = isEven ? undefined : Float64Array.from(weights, (weight) => 1 / weight);
    this.#deadlines = isEven ? new Float64Array() : Float64Array.from(this.#steps!);
    this.#heap = isEven
      ? new Uint32Array()
      : Uint32Array.from(weights, (_, index) => index).sort((one, other) => (this.#isBefore(one, other) ? -1 : 1));
  }

  next(): number {
    if (this.#steps === undefined) {
      const index = this.#next;
      this.#next = index + 1 === this.#size ? 0 : index + 1;
      return index;
    }
    const index = this.#heap[0]!;
    this.#deadlines[index]! += this.#steps[index]!;
    this.#sink();
    return index;
  }

  #isBefore(one: number, other: number): boolean {
    const difference = this.#deadlines[one]! - this.#deadlines[other]!;
    return difference === 0 ? one < other : difference < 0;
  }

  /** The first has got a later deadline: lets it down to its place. */
  #sink(): void {
    const heap = this.#heap;
    const moved = heap[0]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#isBefore(heap[child]!, moved)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = moved;
  }
}
