import type { Cell } from './cell.js';
import type { Limit } from './limits.js';

// A sweep visits this many cells, or a tenth of them if that is more: callers come and go by the million, and no
// request should wait for all of them.
const sweepAtLeast = 10_000;
const sweepShare = 10;

/** The cells of one quota, by key. Memory follows what is in use: unused cells are swept away. */
export class Cells {
  readonly #cells = new Map<string, Cell>();
  #sweeping: MapIterator<[string, Cell]> | undefined;

  get size(): number {
    return this.#cells.size;
  }

  get(key: string): Cell | undefined {
    return this.#cells.get(key);
  }

  /** The key's cell; a new one has the limit that was chosen at its first use. */
  open(key: string, limit: Limit): Cell {
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    const cell = limit.createCell();
    this.#cells.set(key, cell);
    return cell;
  }

  /** Drops the key's cell if nothing of it is taken. */
  dropUnused(key: string, now: number): void {
    if (this.#cells.get(key)?.isUnused(now) === true) this.#cells.delete(key);
  }

  /** Drops unused cells among the next few, going round in the course of at most ten calls. */
  sweep(now: number): void {
    let rest = Math.max(sweepAtLeast, Math.ceil(this.#cells.size / sweepShare));
    this.#sweeping ??= this.#cells.entries();
    for (; rest > 0; rest -= 1) {
      const next = this.#sweeping.next();
      if (next.done === true) {
        this.#sweeping = undefined;
        return;
      }
      const [key, cell] = next.value;
      if (cell.isUnused(now)) this.#cells.delete(key);
    }
  }
}
