import { setImmediate as turn } from 'node:timers/promises';
import type { Exposed, ExpositionFormat, Log, MetricsSource } from '../../sdk/index.js';
import { causeText } from './cause-text.js';
import type { Timers } from './timers.js';

interface Shared {
  readonly source: MetricsSource;
  holders: number;
}

/** One reading of everything. `pieces` can be gone through once. */
export interface Scrape {
  /** What it is written in, which need not be what was wanted. */
  readonly format: ExpositionFormat;
  readonly pieces: AsyncIterable<string>;
}

/** The metrics that handlers expose to scrapers, shared by key and counted by holder. */
export class MetricsSources {
  readonly #shared = new Map<string, Shared>();
  readonly #options: { readonly log: Log; readonly timers: Timers; readonly timeoutMs: number };

  constructor(options: { readonly log: Log; readonly timers: Timers; readonly timeoutMs: number }) {
    this.#options = options;
  }

  /** Gives the source of this key to one more holder; the first one makes it. What `create` throws, escapes. */
  expose<T extends MetricsSource>(key: string, create: () => T): Exposed<T> {
    let shared = this.#shared.get(key);
    if (shared === undefined) {
      shared = { source: create(), holders: 0 };
      this.#shared.set(key, shared);
    }
    const held = shared;
    held.holders++;
    let released = false;
    return {
      // The key stands for the type: that two adapters agree on it is theirs to see to.
      source: held.source as T,
      release: () => {
        if (released) return;
        released = true;
        held.holders--;
        if (held.holders === 0 && this.#shared.get(key) === held) this.#shared.delete(key);
      },
    };
  }

  /** Keys of what is exposed at the moment, sorted. */
  keys(): readonly string[] {
    return [...this.#shared.keys()].sort();
  }

  /** The Prometheus text of all sources, by key. A source that fails or does not answer in time is logged and left out. */
  async exposition(): Promise<string> {
    const texts: string[] = [];
    for await (const piece of this.scrape('text').pieces) texts.push(piece);
    return texts.join('');
  }

  /**
   * The same in pieces, with a turn for all other work after each; in OpenMetrics when that is wanted and all sources
   * can write it. A source that fails on the way ends there, and the others follow.
   */
  scrape(wanted: ExpositionFormat): Scrape {
    const sources = this.keys().map((key) => [key, this.#shared.get(key)!.source] as const);
    const format = sources.every(([, source]) => source.pieces !== undefined) ? wanted : 'text';
    return { format, pieces: this.#write(sources, format) };
  }

  async *#write(
    sources: readonly (readonly [string, MetricsSource])[],
    format: ExpositionFormat,
  ): AsyncGenerator<string, void> {
    // Those that answer at once in whole, all at the same time: one that hangs must not hold up the others.
    const whole = sources.map(([key, source]) => (source.pieces === undefined ? this.#read(key, source) : undefined));
    for (const [index, [key, source]] of sources.entries()) {
      yield* whole[index] === undefined ? this.#slice(key, source, format) : [await whole[index]];
    }
    if (format === 'openmetrics') yield '# EOF\n';
  }

  async *#slice(key: string, source: MetricsSource, format: ExpositionFormat): AsyncGenerator<string, void> {
    try {
      for (const piece of source.pieces?.(format) ?? []) {
        yield endLine(piece);
        await turn();
      }
    } catch (cause) {
      this.#complain(key, cause);
    }
  }

  async #read(key: string, source: MetricsSource): Promise<string> {
    const { timers, timeoutMs } = this.#options;
    let cancel = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      cancel = timers.after(timeoutMs, () => {
        reject(new Error(`no answer within ${timeoutMs} ms`));
      });
    });
    try {
      return endLine(await Promise.race([source.exposition(), late]));
    } catch (cause) {
      this.#complain(key, cause);
      return '';
    } finally {
      cancel();
    }
  }

  #complain(key: string, cause: unknown): void {
    this.#options.log.error('metrics source could not be read', { source: key, error: causeText(cause) });
  }
}

function endLine(text: unknown): string {
  if (typeof text !== 'string') throw new Error('the exposition is not text');
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
