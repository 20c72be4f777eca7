import type { LogFile } from '../../../src/adapters/stdio/log-file.js';

/** A log file in memory, whose appends a test can hold back or let fail. */
export class MemoryFile implements LogFile {
  readonly appends: string[] = [];
  closed = false;
  /** Awaited before an append takes place. */
  gate: Promise<void> = Promise.resolve();
  /** Thrown by appends while it is set. */
  failure: Error | undefined;

  async append(bytes: Buffer): Promise<void> {
    const text = bytes.toString('utf8');
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    this.appends.push(text);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** All lines so far. */
  lines(): string[] {
    return this.appends.join('').split('\n').slice(0, -1);
  }
}
