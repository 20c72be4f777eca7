import type { ProxyEnv } from '../../env.js';
import type { LogOutput, LogSink } from './log-output.js';

/** Written at the latest after this time, or at this size. */
const flushMillis = 250;
const flushLength = 64 * 1024;
/** What may wait for a slow disk or reader, in UTF-16 units, before lines are dropped. */
const maxWaiting = 16 * 1024 * 1024;

/** Gathers lines, and writes what has come together: one write at a time, never more in memory than a bound. */
export class BufferedOutput implements LogOutput {
  readonly #sink: LogSink;
  readonly #env: ProxyEnv;
  readonly #path: string;
  #lines: string[] = [];
  #length = 0;
  #cancel: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #isFailing = false;
  #dropped = 0;

  constructor(path: string, sink: LogSink, env: ProxyEnv) {
    this.#path = path;
    this.#sink = sink;
    this.#env = env;
  }

  /** Lines that were lost, for the disk was full or the reader slow. */
  get dropped(): number {
    return this.#dropped;
  }

  write(text: string): void {
    if (this.#length + text.length > maxWaiting) {
      this.#dropped++;
      return;
    }
    this.#lines.push(text);
    this.#length += text.length;
    if (this.#running === undefined) this.#plan();
  }

  /** Resolves when all lines so far are written, or lost. */
  async flush(): Promise<void> {
    while (this.#running !== undefined || this.#lines.length > 0) await (this.#running ?? this.#start());
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#sink.close();
  }

  #plan(): void {
    if (this.#length >= flushLength) void this.#start();
    else this.#cancel ??= this.#env.after(flushMillis, () => void this.#start());
  }

  #start(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    return (this.#running = this.#writeLines());
  }

  /** Never rejects. What comes meanwhile waits for its own time, so that a busy disk gets fewer and larger writes. */
  async #writeLines(): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    this.#length = 0;
    try {
      await this.#sink.append(Buffer.from(lines.join('')));
      this.#isFailing = false;
    } catch (cause) {
      this.#dropped += lines.length;
      // Once an outage: a full disk would otherwise fill the other log.
      if (!this.#isFailing) {
        this.#env.log.warn('access log cannot be written', { path: this.#path, cause: String(cause) });
      }
      this.#isFailing = true;
    }
    this.#running = undefined;
    if (this.#lines.length > 0) this.#plan();
  }
}
