import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Env } from 'fairlead/sdk';

import { AppendFile } from './append-file.js';
import { backupPath, pruneBackups } from './backups.js';
import type { LogFile } from './log-file.js';

/** When to put a file aside, and how long to keep what was put aside. */
export interface Rotation {
  readonly maxBytes: number;
  /** 0 keeps backups of any age. */
  readonly maxDays: number;
  /** 0 keeps any number of backups. */
  readonly maxBackups: number;
}

/** A file that is put aside before it would grow beyond its limit. */
export class RotatedFile implements LogFile {
  private constructor(
    readonly path: string,
    readonly rotation: Rotation,
    readonly file: AppendFile,
    readonly env: Pick<Env, 'clock' | 'log'>,
  ) {}

  /** Makes the folder when it is missing. */
  static async open(path: string, rotation: Rotation, env: Pick<Env, 'clock' | 'log'>): Promise<RotatedFile> {
    await mkdir(dirname(path), { recursive: true });
    const rotated = new RotatedFile(path, rotation, await AppendFile.open(path, env.clock), env);
    await rotated.#prune();
    return rotated;
  }

  async append(bytes: Buffer): Promise<void> {
    if (this.#isFullFor(bytes)) await this.#rotate(bytes);
    await this.file.append(bytes);
  }

  close(): Promise<void> {
    return this.file.close();
  }

  #isFullFor(bytes: Buffer): boolean {
    return this.file.size > 0 && this.file.size + bytes.length > this.rotation.maxBytes;
  }

  async #rotate(bytes: Buffer): Promise<void> {
    // Another handler of the same file, or a tool, may have put it aside already.
    if ((await this.file.refresh()) && !this.#isFullFor(bytes)) return;
    await rename(this.path, await backupPath(this.path, this.env.clock.now()));
    await this.file.reopen();
    await this.#prune();
  }

  async #prune(): Promise<void> {
    try {
      await pruneBackups(this.path, this.rotation, this.env.clock.now());
    } catch (cause) {
      // Old files take space, but are no reason to lose lines.
      this.env.log.warn('could not delete rotated log files', { path: this.path, cause: String(cause) });
    }
  }
}
