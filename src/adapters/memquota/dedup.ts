/** An answer that was given, and until when it holds (milliseconds since the epoch). */
export interface Answer {
  readonly amount: bigint;
  readonly expires: number;
}

/**
 * Answers by deduplication id, so that a request that is sent again is charged once. Two generations: each rotation
 * forgets the older one, hence an id is remembered for one to two periods and no timer per id is needed.
 */
export class DedupCache {
  #recent = new Map<string, Answer>();
  #older = new Map<string, Answer>();

  get(id: string): Answer | undefined {
    return this.#recent.get(id) ?? this.#older.get(id);
  }

  set(id: string, answer: Answer): void {
    this.#recent.set(id, answer);
  }

  rotate(): void {
    if (this.#recent.size === 0 && this.#older.size === 0) return;
    this.#older = this.#recent;
    this.#recent = new Map();
  }
}
