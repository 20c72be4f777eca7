import type { Distribution } from './rpc-stats.js';

/** Label names and values of one sample. */
export type Labels = Readonly<Record<string, string>>;

/** What a metric is, in the words of the exposition format. */
export type MetricType = 'counter' | 'gauge' | 'histogram';

/**
 * Writes the Prometheus text format (version 0.0.4) from plain numbers. Samples of one metric must be added one after
 * the other.
 */
export class MetricsText {
  #text = '';
  #last = '';

  /** Adds one sample of a counter or gauge; the first of a name also writes its HELP and TYPE lines. */
  sample(name: string, value: number, meta: { type: MetricType; help: string; labels?: Labels }): this {
    this.#head(name, meta);
    this.#line(name, meta.labels ?? {}, value);
    return this;
  }

  /** Adds one histogram. */
  histogram(name: string, values: Distribution, meta: { help: string; labels?: Labels }): this {
    this.#head(name, { type: 'histogram', help: meta.help });
    const labels = meta.labels ?? {};
    let total = 0;
    for (const [at, bound] of values.bounds.entries()) {
      total += values.counts[at] ?? 0;
      this.#line(`${name}_bucket`, { ...labels, le: formatNumber(bound) }, total);
    }
    this.#line(`${name}_bucket`, { ...labels, le: '+Inf' }, values.count);
    this.#line(`${name}_sum`, labels, values.sum);
    this.#line(`${name}_count`, labels, values.count);
    return this;
  }

  toString(): string {
    return this.#text;
  }

  #head(name: string, { type, help }: { type: MetricType; help: string }): void {
    if (this.#last === name) return;
    this.#last = name;
    this.#text += `# HELP ${name} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}\n# TYPE ${name} ${type}\n`;
  }

  #line(name: string, labels: Labels, value: number): void {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
    this.#text += `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${formatNumber(value)}\n`;
  }
}

function escapeLabel(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"');
}

function formatNumber(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
