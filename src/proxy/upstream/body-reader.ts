import { Readable } from 'node:stream';

/**
 * Reads a stream that stays its owner's: when the reader is done, or is destroyed in the middle, the stream only stops.
 * HTTP clients destroy the bodies that they are given, and would take the caller's connection along. Until it is read
 * nothing is taken from the stream, so that a request which was never begun can be begun again.
 */
export class BodyReader extends Readable {
  readonly #source: Readable;
  #isAttached = false;

  constructor(source: Readable) {
    super();
    this.#source = source;
    // A client that has given up listens no more, and an error that nobody hears ends the process.
    this.on('error', () => undefined);
  }

  override _read(): void {
    if (!this.#isAttached) this.#attach();
    else if (this.#source.isPaused()) this.#source.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const source = this.#source;
    if (this.#isAttached) {
      source.off('data', this.#onData).off('end', this.#onEnd).off('error', this.#onError).off('close', this.#onClose);
      if (!source.readableEnded && !source.destroyed) source.pause();
    }
    callback(error);
  }

  #attach(): void {
    const source = this.#source;
    if (source.readableEnded) this.push(null);
    else if (source.destroyed) this.destroy(cutShort());
    else {
      this.#isAttached = true;
      source.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose);
      source.resume();
    }
  }

  readonly #onData = (chunk: Buffer): void => {
    if (!this.push(chunk)) this.#source.pause();
  };

  readonly #onEnd = (): void => void this.push(null);

  readonly #onError = (cause: Error): void => void this.destroy(cause);

  readonly #onClose = (): void => {
    if (!this.#source.readableEnded) this.destroy(cutShort());
  };
}

function cutShort(): Error {
  return new Error('the body of the request was cut short');
}
