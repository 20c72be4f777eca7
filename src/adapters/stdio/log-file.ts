/** Where lines go in the end. One append at a time; `close` comes after the last. */
export interface LogFile {
  /** Writes whole lines; rejects when they are not all there. The next append may work again. */
  append(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** Writes some of the bytes and says how many, as write(2) does. */
export type WriteSome = (bytes: Uint8Array) => Promise<number>;

const newline = Buffer.from('\n');

/** Makes whole appends of partial writes. When one breaks off inside a line, the next starts on a line of its own. */
export class LineWriter {
  #torn = false;

  constructor(readonly writeSome: WriteSome) {}

  async write(bytes: Buffer): Promise<void> {
    if (this.#torn) {
      await this.#writeAll(newline);
      this.#torn = false;
    }
    await this.#writeAll(bytes);
  }

  async #writeAll(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const rest = at === 0 ? bytes : bytes.subarray(at);
      at += await this.writeSome(rest).catch((cause: unknown) => {
        this.#torn ||= at > 0 && bytes[at - 1] !== newline[0];
        throw cause;
      });
    }
  }
}
