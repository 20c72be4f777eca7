const initialBytes = 64 * 1024;
// A buffer that one huge call has made large is not kept.
const maxKeptBytes = 1024 * 1024;

/**
 * Gathers the lines of one call as UTF-8. Encoding line by line into memory that is used again costs a third of
 * concatenating strings and encoding the whole.
 */
export class LineBuffer {
  #bytes = Buffer.allocUnsafe(initialBytes);
  #used = 0;
  #lines = 0;

  get lines(): number {
    return this.#lines;
  }

  append(line: string): void {
    // A UTF-16 unit takes at most three bytes.
    if (this.#bytes.length - this.#used < line.length * 3) this.#grow(line.length * 3);
    this.#used += this.#bytes.write(line, this.#used, 'utf8');
    this.#lines++;
  }

  /** All lines so far, in memory of their own; the buffer is empty afterwards. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#used));
    if (this.#bytes.length > maxKeptBytes) this.#bytes = Buffer.allocUnsafe(initialBytes);
    this.#used = 0;
    this.#lines = 0;
    return taken;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#used + needed));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}
