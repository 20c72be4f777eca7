import type { Output } from './output.js';

/** Writes a body as its head has said: as it is, or in chunks. */
export class BodyWriter {
  readonly #output: Output;
  readonly #isChunked: boolean;

  constructor(output: Output, isChunked: boolean) {
    this.#output = output;
    this.#isChunked = isChunked;
  }

  /** False when the other side is slower. */
  write(chunk: Buffer): boolean {
    // An empty chunk would be the last.
    if (!this.#isChunked || chunk.length === 0) return this.#output.add(chunk);
    this.#output.add(`${chunk.length.toString(16)}\r\n`);
    this.#output.add(chunk);
    return this.#output.add('\r\n');
  }

  /** `trailers` are lines. */
  end(trailers = ''): void {
    if (this.#isChunked) this.#output.add(`0\r\n${trailers}\r\n`);
  }
}
