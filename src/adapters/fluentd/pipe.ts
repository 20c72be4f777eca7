/** What {@link Pipe} needs to know. */
export interface PipeOptions {
  readonly send: (bytes: Buffer) => void;
  /** Hears of everything that makes going on impossible. */
  readonly failed: (error: Error) => void;
}

const mostFrames = 64;

/**
 * The socket as the library sees it: never unwritable, and each `data` is one whole message. The library reads a socket
 * piece by piece as it comes, decodes it without a net, and turns in circles when it cannot be written to.
 */
export class Pipe {
  readonly writable = true;
  readonly remoteAddress = 'server';
  readonly #options: PipeOptions;
  readonly #frames: Buffer[] = [];
  #reader: ((frame: Buffer) => void) | undefined;
  #isClosed = false;

  constructor(options: PipeOptions) {
    this.#options = options;
  }

  write(bytes: Buffer, sent: () => void): boolean {
    if (this.#isClosed) return false;
    this.#options.send(bytes);
    // The library only wants to know when it may go on; whether bytes get through is seen to elsewhere.
    sent();
    return true;
  }

  /** The library waits for one message at a time. */
  once(event: string, reader: (frame: Buffer) => void): this {
    if (event !== 'data') return this;
    this.#reader = reader;
    // Not at once: the library sets its timer after this, and the reader is what clears it.
    queueMicrotask(() => {
      this.#read();
    });
    return this;
  }

  on(): this {
    return this;
  }

  pause(): this {
    return this;
  }

  resume(): this {
    return this;
  }

  end(): void {
    this.destroy();
  }

  /** Called by the library when it wants no more of the server. */
  destroy(): void {
    if (!this.#isClosed) this.#options.failed(new Error('the server did not keep to the forward protocol'));
  }

  /** Hands a message in. */
  receive(frame: Buffer): void {
    if (this.#frames.push(frame) > mostFrames) this.#options.failed(new Error('the server sent messages unasked'));
    else this.#read();
  }

  /** Ends the library's waiting with an empty message, which is the answer to nothing: its timer ends as well. */
  close(): void {
    this.#isClosed = true;
    const reader = this.#reader;
    this.#reader = undefined;
    try {
      reader?.(Buffer.of(0x80));
    } catch {
      // A handshake that was under way does not understand it, which does no harm any more.
    }
  }

  #read(): void {
    const reader = this.#reader;
    const frame = this.#frames[0];
    if (this.#isClosed || reader === undefined || frame === undefined) return;
    this.#reader = undefined;
    this.#frames.shift();
    try {
      reader(frame);
    } catch (cause) {
      this.#options.failed(new Error('the server sent what cannot be understood', { cause }));
    }
  }
}
