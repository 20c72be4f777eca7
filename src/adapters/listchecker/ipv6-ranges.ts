import type { Groups } from './ip-text.js';
import { sortInSteps } from './sort.js';
import { pieceSize, type Steps } from './steps.js';

/** Words of a row while ranges are collected: first address, and how many bits count. */
const width = 5;

/** One in so many ranges is in the index too, which stays in the processor's cache. */
const stride = 32;

/** Ranges of IPv6 addresses: 32.5 bytes each. */
export class Ipv6Ranges {
  #added = new Uint32Array(16 * width);
  #count = 0;
  /** Four words a range. */
  #firsts = new Uint32Array(0);
  #lasts = new Uint32Array(0);
  /** The first words of every 32nd range. */
  #index = new Uint32Array(0);

  /** Takes the range of that many leading bits around an address. */
  add(groups: Groups, length: number): void {
    const at = this.#count * width;
    if (at === this.#added.length) {
      const larger = new Uint32Array(at * 2);
      larger.set(this.#added);
      this.#added = larger;
    }
    for (let index = 0; index < 4; index += 1) {
      this.#added[at + index] = wordOf(groups, index) & ~hostMask(length - 32 * index);
    }
    this.#added[at + 4] = length;
    this.#count += 1;
  }

  /** To be called once, between the last `add` and the first `has`. */
  *seal(): Steps<void> {
    const added = this.#added;
    const order = yield* sortInSteps(
      new Uint32Array(this.#count).map((_, index) => index * width),
      (a, b) => compareWords(added, a, { words: added, at: b }) || added[a + 4]! - added[b + 4]!,
    );
    const firsts = new Uint32Array(order.length * 4);
    const lasts = new Uint32Array(order.length * 4);
    const last = new Uint32Array(4);
    let end = 0;
    for (let place = 0; place < order.length; place += 1) {
      if (place % pieceSize === 0) yield;
      const at = order[place]!;
      // Ranges lie within one another or apart, and the wider one comes first.
      if (end > 0 && compareWords(lasts, end - 4, { words: added, at }) >= 0) continue;
      for (let index = 0; index < 4; index += 1) {
        last[index] = added[at + index]! | hostMask(added[at + 4]! - 32 * index);
      }
      firsts.set(added.subarray(at, at + 4), end);
      lasts.set(last, end);
      end += 4;
    }
    this.#firsts = firsts.slice(0, end);
    this.#lasts = lasts.slice(0, end);
    this.#added = new Uint32Array(0);
    this.#index = new Uint32Array(Math.ceil(end / 4 / stride) * 4);
    for (let at = 0; at < this.#index.length; at += 4) {
      this.#index.set(this.#firsts.subarray(at * stride, at * stride + 4), at);
    }
  }

  has(groups: Groups): boolean {
    const block = countUpTo(this.#index, groups, { low: 0, high: this.#index.length >>> 2 });
    if (block === 0) return false;
    const high = Math.min(block * stride, this.#firsts.length >>> 2);
    const row = countUpTo(this.#firsts, groups, { low: (block - 1) * stride, high });
    return compareGroups(this.#lasts, row * 4 - 4, groups) >= 0;
  }
}

/** How many rows are not behind the address, when it is known that at least `low` and at most `high` are. */
function countUpTo(
  rows: Uint32Array,
  groups: Groups,
  { low, high }: { readonly low: number; readonly high: number },
): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (compareGroups(rows, middle * 4, groups) <= 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The host bits of a word of which so many leading bits count. */
function hostMask(bits: number): number {
  if (bits >= 32) return 0;
  return bits <= 0 ? 0xffffffff : 0xffffffff >>> bits;
}

function wordOf(groups: Groups, index: number): number {
  return groups[2 * index]! * 0x10000 + groups[2 * index + 1]!;
}

function compareWords(
  words: Uint32Array,
  at: number,
  other: { readonly words: Uint32Array; readonly at: number },
): number {
  for (let index = 0; index < 4; index += 1) {
    const difference = words[at + index]! - other.words[other.at + index]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareGroups(words: Uint32Array, at: number, groups: Groups): number {
  for (let index = 0; index < 4; index += 1) {
    const difference = words[at + index]! - wordOf(groups, index);
    if (difference !== 0) return difference;
  }
  return 0;
}
