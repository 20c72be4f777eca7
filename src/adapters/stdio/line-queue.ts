import type { Env } from 'fairlead/sdk';

import type { LogFile } from './log-file.js';

interface Chunk {
  readonly bytes: Buffer;
  readonly lines: number;
}

type Reason = 'queue_full' | 'write_failed' | 'closed';

/** How many bytes may wait for a slow disk or a slow reader before lines are dropped. */
const maxQueuedBytes = 16 * 1024 * 1024;

/** Several chunks are written as one up to this size. */
const maxWriteBytes = 256 * 1024;

/**
 * Lines on their way to a file: one write per chunk, one after the other, never more than a bound in memory. What
 * cannot be queued or written is dropped, counted by reason, and told to the next caller.
 */
export class LineQueue {
  readonly #chunks: Chunk[] = [];
  readonly #dropped;
  #queued = 0;
  #running: Promise<void> | undefined;
  #failed: { lines: number; message: string } | undefined;
  #failing = false;
  #closed = false;

  constructor(
    readonly file: LogFile,
    readonly env: Pick<Env, 'log' | 'metrics'>,
    readonly limit = maxQueuedBytes,
  ) {
    this.#dropped = env.metrics.counter('dropped_lines_total', 'Log lines that were not written, by reason.');
  }

  /** Queues whole lines. The answer says what was lost: these lines, or earlier ones whose write failed meanwhile. */
  push(bytes: Buffer, lines: number): string | undefined {
    const problem = this.#takeFailure();
    if (this.#closed || this.#queued + bytes.length > this.limit) {
      this.#count(this.#closed ? 'closed' : 'queue_full', lines);
      const why = this.#closed ? 'the handler is closed' : `${this.#queued} bytes are waiting to be written`;
      return join(problem, `dropped ${lines} lines: ${why}`);
    }
    this.#queued += bytes.length;
    this.#chunks.push({ bytes, lines });
    this.#running ??= this.#drain();
    return problem;
  }

  /** Writes what is queued, then closes the file. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    await this.file.close();
  }

  async #drain(): Promise<void> {
    for (let chunk = this.#take(); chunk !== undefined; chunk = this.#take()) {
      await this.#write(chunk);
      this.#queued -= chunk.bytes.length;
    }
    this.#running = undefined;
  }

  /** What to write next: what came in while a write was under way goes together. */
  #take(): Chunk | undefined {
    if (this.#chunks.length < 2) return this.#chunks.pop();
    let count = 0;
    let size = 0;
    for (const { bytes } of this.#chunks) {
      if (count > 0 && size + bytes.length > maxWriteBytes) break;
      size += bytes.length;
      count++;
    }
    const taken = this.#chunks.splice(0, count);
    const lines = taken.reduce((sum, chunk) => sum + chunk.lines, 0);
    return { bytes: Buffer.concat(taken.map((chunk) => chunk.bytes)), lines };
  }

  async #write(chunk: Chunk): Promise<void> {
    try {
      await this.file.append(chunk.bytes);
      if (this.#failing) this.env.log.info('log output works again');
      this.#failing = false;
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      this.#count('write_failed', chunk.lines);
      this.#failed = { lines: (this.#failed?.lines ?? 0) + chunk.lines, message };
      // One message per outage: a full disk would otherwise fill the other log.
      if (!this.#failing) this.env.log.error('could not write log lines', { cause: message });
      this.#failing = true;
    }
  }

  #takeFailure(): string | undefined {
    if (this.#failed === undefined) return undefined;
    const { lines, message } = this.#failed;
    this.#failed = undefined;
    return `could not write ${lines} lines: ${message}`;
  }

  #count(reason: Reason, lines: number): void {
    this.#dropped.add(lines, { reason });
  }
}

function join(first: string | undefined, second: string): string {
  return first === undefined ? second : `${first}; ${second}`;
}
