import { PassThrough, type Readable } from 'node:stream';

/** As much of a body is kept for another attempt, in bytes; a longer one is sent only once. */
const mostKept = 1024 * 1024;

/** A body that several may read, one after the other or side by side, while it is still coming. */
export class ReplayBody {
  readonly #source: Readable;
  readonly #readers = new Set<PassThrough>();
  #kept: Buffer[] | undefined = [];
  #size = 0;
  #hasEnded = false;
  #isStopped = false;
  onEnd: (() => void) | undefined;

  constructor(source: Readable) {
    this.#source = source;
    source.on('data', (chunk: Buffer) => this.#take(chunk));
    source.once('end', () => {
      this.#hasEnded = true;
      for (const reader of this.#readers) reader.end();
      this.onEnd?.();
    });
    source.once('error', () => this.stop());
    source.pause();
  }

  /** True as long as all of it that has come is still there. */
  get canReplay(): boolean {
    return this.#kept !== undefined;
  }

  /** A stream of the whole body. */
  read(): Readable {
    const reader = new PassThrough();
    for (const chunk of this.#kept ?? []) reader.write(chunk);
    if (this.#hasEnded) reader.end();
    else this.#readers.add(reader);
    reader.on('drain', () => this.#resume());
    reader.once('close', () => {
      this.#readers.delete(reader);
      this.#resume();
    });
    reader.on('error', () => undefined);
    this.#resume();
    return reader;
  }

  /** Nothing more comes; what the caller goes on sending is no concern of this any more. */
  stop(): void {
    this.#isStopped = true;
    for (const reader of this.#readers) reader.destroy();
    this.#kept = undefined;
  }

  #take(chunk: Buffer): void {
    if (this.#isStopped) return;
    this.#size += chunk.length;
    if (this.#size > mostKept) this.#kept = undefined;
    this.#kept?.push(chunk);
    for (const reader of this.#readers) reader.write(chunk);
    if (this.#isFull) this.#source.pause();
  }

  /** The slowest sets the pace. */
  get #isFull(): boolean {
    for (const reader of this.#readers) if (reader.writableNeedDrain) return true;
    return this.#readers.size === 0;
  }

  #resume(): void {
    if (!this.#hasEnded && !this.#isStopped && !this.#isFull) this.#source.resume();
  }
}
