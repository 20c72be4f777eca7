import { type FileHandle, open, stat } from 'node:fs/promises';

import type { Clock } from 'fairlead/sdk';

import { LineWriter, type LogFile } from './log-file.js';

/** How often to look whether the file is still the one at its path. */
const checkMillis = 1000;

/** A file that lines are appended to; opened anew when somebody moved or deleted it. */
export class AppendFile implements LogFile {
  readonly #writer = new LineWriter(async (bytes) => {
    const { bytesWritten } = await this.#handle!.write(bytes);
    this.#size += bytesWritten;
    return bytesWritten;
  });
  #handle: FileHandle | undefined;
  #inode = 0;
  #size = 0;
  #checked = 0;

  private constructor(
    readonly path: string,
    readonly clock: Clock,
  ) {}

  static async open(path: string, clock: Clock): Promise<AppendFile> {
    const file = new AppendFile(path, clock);
    await file.reopen();
    return file;
  }

  /** Bytes in the file, as far as this process knows. */
  get size(): number {
    return this.#size;
  }

  async append(bytes: Buffer): Promise<void> {
    if (this.#handle === undefined || this.clock.now() - this.#checked >= checkMillis) await this.refresh();
    await this.#writer.write(bytes);
  }

  /** Opens the file anew when the path leads to another one, or to none. True when it did. */
  async refresh(): Promise<boolean> {
    this.#checked = this.clock.now();
    if (this.#handle !== undefined && (await this.#inodeAtPath()) === this.#inode) return false;
    await this.reopen();
    return true;
  }

  /** Opens whatever is at the path now, or a new file. */
  async reopen(): Promise<void> {
    await this.close();
    const handle = await open(this.path, 'a', 0o644);
    const { ino, size } = await handle.stat();
    this.#handle = handle;
    this.#inode = ino;
    this.#size = size;
    this.#checked = this.clock.now();
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #inodeAtPath(): Promise<number | undefined> {
    // Whatever the reason why it cannot be looked at, opening it will either work or tell.
    return stat(this.path).then(
      (found) => found.ino,
      () => undefined,
    );
  }
}
