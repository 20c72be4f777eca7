import { sortInSteps } from './sort.js';
import { pieceSize, type Steps } from './steps.js';

const blocks = 1 << 16;
/** So few are found quickly as they are. */
const fewRanges = 4096;

/** Ranges of IPv4 addresses: 8 bytes each, and 256 KiB of an index by the first two octets when there are many. */
export class Ipv4Ranges {
  /** First address and number of host bits in one number, which sorts wider ranges behind. */
  #added: number[] = [];
  #firsts = new Uint32Array(0);
  #lasts = new Uint32Array(0);
  /** How many ranges start before each block of 65,536 addresses. */
  #starts = new Uint32Array(0);

  /** Takes the range of that many leading bits around an address. */
  add(address: number, length: number): void {
    const size = 2 ** (32 - length);
    this.#added.push((address - (address % size)) * 64 + (32 - length));
  }

  /** To be called once, between the last `add` and the first `has`. */
  *seal(): Steps<void> {
    const sorted = yield* sortInSteps(Float64Array.from(this.#added));
    this.#added = [];
    const firsts = new Uint32Array(sorted.length);
    const lasts = new Uint32Array(sorted.length);
    let count = 0;
    for (let at = 0; at < sorted.length; at += 1) {
      if (at % pieceSize === 0) yield;
      const range = sorted[at]!;
      const first = Math.floor(range / 64);
      const last = first + 2 ** (range % 64) - 1;
      if (count > 0 && first <= lasts[count - 1]!) {
        lasts[count - 1] = Math.max(last, lasts[count - 1]!);
        continue;
      }
      firsts[count] = first;
      lasts[count] = last;
      count += 1;
    }
    this.#firsts = firsts.slice(0, count);
    this.#lasts = lasts.slice(0, count);
    if (count > fewRanges) this.#starts = countStarts(this.#firsts);
  }

  has(address: number): boolean {
    const firsts = this.#firsts;
    let low = 0;
    let high = firsts.length;
    if (this.#starts.length > 0) {
      const block = address >>> 16;
      low = this.#starts[block]!;
      high = this.#starts[block + 1]!;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (firsts[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return low > 0 && address <= this.#lasts[low - 1]!;
  }
}

function countStarts(firsts: Uint32Array): Uint32Array<ArrayBuffer> {
  const starts = new Uint32Array(blocks + 1);
  for (const first of firsts) starts[(first >>> 16) + 1]! += 1;
  for (let block = 1; block <= blocks; block += 1) starts[block]! += starts[block - 1]!;
  return starts;
}
