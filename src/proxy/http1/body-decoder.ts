import { ChunkReader } from './chunk-reader.js';
import { chunked, type Framing, untilClose } from './framing.js';

/** Takes the body of a message out of what comes over a connection. One for a connection, for all its messages. */
export class BodyDecoder {
  /** Of a message with trailers, name and value in turn. */
  trailers: string[] | undefined;
  #framing: Framing = 0;
  #left = 0;
  readonly #chunks = new ChunkReader();

  begin(framing: Framing): void {
    this.trailers = undefined;
    this.#framing = framing;
    this.#left = framing;
    if (framing === chunked) this.#chunks.begin();
  }

  get isDone(): boolean {
    return this.#framing === chunked ? this.#chunks.isDone : this.#left === 0;
  }

  /** Whether the end of the connection is the end of the body. */
  get endsWithConnection(): boolean {
    return this.#framing === untilClose;
  }

  /**
   * Gives the bytes of the body that are in a chunk, in order. What is after its end is the answer; `bad` for what is no
   * body.
   */
  read(chunk: Buffer, give: (data: Buffer) => void): Buffer | undefined | 'bad' {
    if (this.#framing === chunked) {
      const rest = this.#chunks.read(chunk, give);
      if (this.#chunks.isDone) this.trailers = this.#chunks.trailers;
      return rest;
    }
    if (this.#framing === untilClose || chunk.length <= this.#left) {
      if (this.#framing !== untilClose) this.#left -= chunk.length;
      give(chunk);
      return undefined;
    }
    const end = this.#left;
    this.#left = 0;
    give(chunk.subarray(0, end));
    return chunk.subarray(end);
  }
}
