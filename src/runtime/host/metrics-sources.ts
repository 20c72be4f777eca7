import type { Exposed, Log, MetricsSource } from '../../sdk/index.js';
import { causeText } from './cause-text.js';
import type { Timers } from './timers.js';

interface Shared {
  readonly source: MetricsSource;
  holders: number;
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
    const texts = await Promise.all(this.keys().map((key) => this.#read(key)));
    return texts.join('');
  }

  async #read(key: string): Promise<string> {
    const { log, timers, timeoutMs } = this.#options;
    let cancel = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      cancel = timers.after(timeoutMs, () => {
        reject(new Error(`no answer within ${timeoutMs} ms`));
      });
    });
    try {
      const text: unknown = await Promise.race([this.#shared.get(key)?.source.exposition() ?? '', late]);
      if (typeof text !== 'string') throw new Error('the exposition is not text');
      return text === '' || text.endsWith('\n') ? text : `${text}\n`;
    } catch (cause) {
      log.error('metrics source could not be read', {
        source: key,
        error: causeText(cause),
      });
      return '';
    } finally {
      cancel();
    }
  }
}
