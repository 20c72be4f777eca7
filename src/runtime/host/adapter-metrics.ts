import type { Metrics } from '../../sdk/index.js';
import { type Label, labelText, metricHead, metricName, sampleLine } from './exposition.js';

interface Family {
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  /** Handler → rendered labels → value. */
  readonly handlers: Map<string, Map<string, number>>;
}

/** Who counts. */
export interface MetricsOwner {
  readonly handler: string;
  readonly adapter: string;
}

/** What adapters count about themselves, served on the host's monitoring port as `mixer_adapter_<name>`. */
export class AdapterMetrics {
  readonly #families = new Map<string, Family>();

  /** The metrics of one handler. Handlers share families by name; the first to ask decides on type and help. */
  of(owner: MetricsOwner): Metrics {
    const own: readonly Label[] = [
      ['adapter', owner.adapter],
      ['handler', owner.handler],
    ];
    return {
      counter: (name, help) => {
        const series = this.#series(name, { type: 'counter', help, handler: owner.handler });
        return {
          add(value = 1, labels = {}) {
            const key = labelText([...own, ...sortedLabels(labels)]);
            series.set(key, (series.get(key) ?? 0) + value);
          },
        };
      },
      gauge: (name, help) => {
        const series = this.#series(name, { type: 'gauge', help, handler: owner.handler });
        return {
          set(value, labels = {}) {
            series.set(labelText([...own, ...sortedLabels(labels)]), value);
          },
        };
      },
    };
  }

  /** Drops the gauges of a handler that is gone. Counters stay, as counters must. */
  dropGauges(handler: string): void {
    for (const family of this.#families.values()) {
      if (family.type === 'gauge') family.handlers.get(handler)?.clear();
    }
  }

  /** The Prometheus text of all of them, by name. */
  render(): string {
    let text = '';
    for (const [name, family] of [...this.#families].sort(([a], [b]) => (a < b ? -1 : 1))) {
      text += metricHead(name, family.type, family.help);
      for (const series of family.handlers.values()) {
        for (const [labels, value] of series) text += sampleLine(name, labels, value);
      }
    }
    return text;
  }

  #series(name: string, options: { type: Family['type']; help: string; handler: string }): Map<string, number> {
    const fullName = `mixer_adapter_${metricName(name)}`;
    let family = this.#families.get(fullName);
    if (family === undefined) {
      family = { type: options.type, help: options.help, handlers: new Map() };
      this.#families.set(fullName, family);
    }
    let series = family.handlers.get(options.handler);
    if (series === undefined) {
      series = new Map();
      family.handlers.set(options.handler, series);
    }
    return series;
  }
}

function sortedLabels(labels: Readonly<Record<string, string>>): Label[] {
  return Object.entries(labels)
    .map(([name, value]): Label => [metricName(name), value])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
