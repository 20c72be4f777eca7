import type { Dimensions } from './limits.js';

/** Keys by the texts of the dimensions, one level for each. */
type Level = Map<string, Level | string>;

// Enough for most services; beyond it all are forgotten, and those in use soon found again.
const mostKeys = 10_000;

/**
 * Remembers the keys of dimensions that are all texts: looking each of them up is faster than putting a key together,
 * and the same key is also found faster than an equal one.
 */
export class KeyMemo {
  readonly #names: readonly string[];
  readonly #most: number;
  readonly #root: Level = new Map();
  #size = 0;

  constructor(names: readonly string[], most = mostKeys) {
    this.#names = names;
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  get(dimensions: Dimensions): string | undefined {
    let level = this.#root;
    for (const name of this.#names) {
      const value = dimensions[name];
      const next = typeof value === 'string' ? level.get(value) : undefined;
      if (typeof next !== 'object') return next;
      level = next;
    }
    return undefined;
  }

  /** Remembers the key of dimensions for which {@link get} has found none; others than texts are left out. */
  add(dimensions: Dimensions, key: string): void {
    const values = this.#names.map((name) => dimensions[name]);
    if (values.length === 0 || !values.every((value) => typeof value === 'string')) return;
    if (this.#size >= this.#most) {
      this.#root.clear();
      this.#size = 0;
    }
    this.#size += 1;
    let level = this.#root;
    values.forEach((value, at) => {
      if (at === values.length - 1) level.set(value, key);
      else level = open(level, value);
    });
  }
}

function open(level: Level, value: string): Level {
  const known = level.get(value);
  if (typeof known === 'object') return known;
  const made: Level = new Map();
  level.set(value, made);
  return made;
}
