const none = Buffer.alloc(0);

/** Reads bytes in order. Beyond their end it gives nothing and is no longer sound, so that callers check once. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;
  #isSound = true;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isSound(): boolean {
    return this.#isSound;
  }

  /** Also when it is not sound, so that loops end. */
  get isAtEnd(): boolean {
    return !this.#isSound || this.#at === this.#bytes.length;
  }

  take(length: number): Buffer {
    const start = this.#at;
    if (!this.#isSound || length > this.#bytes.length - start) {
      this.#isSound = false;
      return none;
    }
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  /** A number of so many bytes, big end first. */
  number(size: number): number {
    const bytes = this.take(size);
    return bytes.length === 0 ? 0 : bytes.readUIntBE(0, size);
  }

  /** What a length of so many bytes stands before. */
  block(size: number): ByteReader {
    return new ByteReader(this.take(this.number(size)));
  }

  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at);
  }
}
