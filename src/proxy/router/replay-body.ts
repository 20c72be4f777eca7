import { PassThrough, type Readable } from 'node:stream';

/** As much of a body is kept for another attempt, or for one who reads it late, in bytes. */
const mostKept = 1024 * 1024;

/** A body that several may read, one after the other or side by side, while it is still coming. */
export class ReplayBody {
  readonly #source: Readable;
  /** Those who set the pace. */
  readonly #readers = new Set<PassThrough>();
  readonly #copies = new Set<PassThrough>();
  #kept: Buffer[] | undefined = [];
  #size = 0;
  #hasEnded = false;
  #isStopped = false;

  constructor(source: Readable) {
    this.#source = source;
    source.on('data', (chunk: Buffer) => this.#take(chunk));
    source.once('end', () => {
      this.#hasEnded = true;
      for (const reader of [...this.#readers, ...this.#copies]) reader.end();
    });
    source.once('error', () => this.stop());
    source.pause();
  }

  /** True as long as all of it that has come is still there. */
  get canReplay(): boolean {
    return this.#kept !== undefined;
  }

  /** A stream of the whole body; nothing comes faster than it is read. */
  read(): Readable {
    const reader = this.#begin(this.#readers);
    reader.on('drain', () => this.#resume());
    reader.once('close', () => {
      this.#readers.delete(reader);
      this.#resume();
    });
    this.#resume();
    return reader;
  }

  /** The same for one that nobody waits for: it breaks off when it falls behind, and is read on after the end. */
  copy(): Readable {
    const copy = this.#begin(this.#copies);
    copy.once('close', () => this.#copies.delete(copy));
    return copy;
  }

  /** Nothing more comes; what the caller goes on sending is no concern of this any more. */
  stop(): void {
    this.#isStopped = true;
    for (const reader of this.#readers) reader.destroy();
    if (!this.#hasEnded) for (const copy of this.#copies) copy.destroy();
    this.#kept = undefined;
  }

  #begin(those: Set<PassThrough>): PassThrough {
    const reader = new PassThrough();
    reader.on('error', () => undefined);
    for (const chunk of this.#kept ?? []) reader.write(chunk);
    if (this.#hasEnded) reader.end();
    else those.add(reader);
    return reader;
  }

  #take(chunk: Buffer): void {
    if (this.#isStopped) return;
    this.#size += chunk.length;
    if (this.#size > mostKept) this.#kept = undefined;
    this.#kept?.push(chunk);
    for (const reader of this.#readers) reader.write(chunk);
    for (const copy of this.#copies) {
      if (copy.writableLength + copy.readableLength > mostKept) copy.destroy();
      else copy.write(chunk);
    }
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
