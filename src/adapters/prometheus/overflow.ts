import type { Env } from 'fairlead/sdk';

/** The limit on the series of each metric of a handler, and the account of what it kept from becoming series. */
export class Overflow {
  readonly #limit: number;
  readonly #log: Env['log'];
  readonly #counter: ReturnType<Env['metrics']['counter']>;
  /** Updates by metric since the last {@link settle}. */
  readonly #pending = new Map<string, number>();
  readonly #told = new Set<string>();

  /** `limit` 0 is none. */
  constructor(limit: number, env: Pick<Env, 'log' | 'metrics'>) {
    this.#limit = limit === 0 ? Infinity : limit;
    this.#log = env.log;
    this.#counter = env.metrics.counter(
      'series_overflow_total',
      'Updates of metrics that had too many series already.',
    );
  }

  /** Whether a metric of this weight may have one more series. */
  hasRoom(weight: number): boolean {
    return weight < this.#limit;
  }

  /** One update of the metric went into its overflow series. */
  note(metric: string): void {
    this.#pending.set(metric, (this.#pending.get(metric) ?? 0) + 1);
  }

  /** Counts what was noted, once for each call of the handler instead of once for each update. */
  settle(): void {
    if (this.#pending.size === 0) return;
    for (const [metric, updates] of this.#pending) {
      this.#counter.add(updates, { metric });
      if (this.#told.has(metric)) continue;
      this.#told.add(metric);
      const fields = { metric, maxSeriesPerMetric: this.#limit };
      this.#log.warn('metric has too many series; further label values are counted as overflow', fields);
    }
    this.#pending.clear();
  }
}
