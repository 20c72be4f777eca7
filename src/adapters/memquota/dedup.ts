import { randomInt } from 'node:crypto';
import { type Answer, Answers } from './answers.js';

// More ids than that within one period are forgotten early: half a gigabyte is enough for them.
const mostPerGeneration = 2 ** 22;

/**
 * Answers by deduplication id, so that a request that is sent again is charged once. Two generations: each rotation
 * forgets the older one, hence an id is remembered for one to two periods and no timer per id is needed.
 */
export class DedupCache {
  readonly #most: number;
  /** Makes it hard to guess ids that collide. */
  readonly #seed = randomInt(2 ** 32);
  #recent = new Answers(0);
  #older = new Answers(0);
  /** The id that was asked for last, and its hash: it is usually the next to be added. */
  #asked: string | undefined;
  #hash = 0;

  constructor(most = mostPerGeneration) {
    this.#most = most;
  }

  get(id: string): Answer | undefined {
    const hash = this.#hashOf(id);
    this.#asked = id;
    this.#hash = hash;
    return this.#recent.get(id, hash) ?? this.#older.get(id, hash);
  }

  /** Remembers the answer to an id for which {@link get} has found none. */
  add(id: string, answer: Answer): void {
    if (this.#recent.size >= this.#most) this.rotate();
    this.#recent.add(id, id === this.#asked ? this.#hash : this.#hashOf(id), answer);
  }

  rotate(): void {
    if (this.#recent.size === 0 && this.#older.size === 0) return;
    this.#older = this.#recent;
    this.#recent = new Answers(this.#older.size);
  }

  /** FNV-1a over the characters, with a start of its own, mixed so that the low bits depend on all of them. */
  #hashOf(id: string): number {
    let hash = this.#seed;
    for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return hash ^ (hash >>> 13);
  }
}
