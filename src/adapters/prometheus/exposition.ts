import type { ExpositionFormat } from 'fairlead/sdk';

import type { Definition } from './definition.js';
import type { Exemplar } from './series.js';

const hostile = /["\\\n]/;
const types = { GAUGE: 'gauge', COUNTER: 'counter', DISTRIBUTION: 'histogram' } as const;
const total = '_total';

/** How a metric introduces itself in a format. */
export interface Face {
  /** The name of the metric family: in OpenMetrics a counter's is without `_total`, though its samples have it. */
  readonly name: string;
  readonly type: string;
}

/**
 * The face of a metric. OpenMetrics knows only counters that end in `_total`; samples must be called the same in both
 * formats, so others have no type there, and neither have those whose family would be called as another metric is.
 */
export function faceOf(
  { fullName, kind }: Pick<Definition, 'fullName' | 'kind'>,
  format: ExpositionFormat,
  names: ReadonlySet<string>,
): Face {
  if (format === 'text' || kind !== 'COUNTER') return { name: fullName, type: types[kind] };
  const name = fullName.slice(0, -total.length);
  return fullName.endsWith(total) && !names.has(name) ? { name, type: 'counter' } : { name: fullName, type: 'unknown' };
}

/** The HELP and TYPE lines. */
export function writeHeader({ name, type }: Face, help: string, format: ExpositionFormat): string {
  const text = format === 'text' ? help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') : escapeValue(help);
  return `# HELP ${name} ${text}\n# TYPE ${name} ${type}\n`;
}

/** What follows a value in OpenMetrics to say where it came from: ` # {trace_id="…"} value seconds`. */
export function formatExemplar({ label, text, value, at }: Exemplar): string {
  return ` # {${label}="${escapeValue(text)}"} ${formatValue(value)} ${(at / 1000).toFixed(3)}`;
}

/**
 * Writes label sets over the same names, one after the other: `a="x",b="y"`, without braces, empty without labels. Keeps
 * the text of each column, because neighbours differ in few.
 */
export class LabelWriter {
  readonly #starts: readonly string[];
  readonly #values: string[];
  readonly #pieces: string[];

  constructor(names: readonly string[]) {
    this.#starts = names.map((name) => `${name}="`);
    this.#values = names.map(() => '');
    this.#pieces = this.#starts.map((start) => `${start}"`);
  }

  write(values: readonly string[]): string {
    for (let index = 0; index < values.length; index++) {
      const value = values[index]!;
      if (value === this.#values[index]) continue;
      this.#values[index] = value;
      this.#pieces[index] = `${this.#starts[index]!}${hostile.test(value) ? escapeValue(value) : value}"`;
    }
    // Joining makes one flat string; adding them up would make a tree to flatten afterwards, at three times the cost.
    return this.#pieces.join(',');
  }
}

/** One line: name and labels, value, and possibly an exemplar. */
export function formatSample(name: string, labels: string, value: number, exemplar = ''): string {
  const head = labels === '' ? name : `${name}{${labels}}`;
  return `${head} ${formatValue(value)}${exemplar}\n`;
}

/** `le="0.005"} ` for each bound and infinity: what follows the labels of a bucket's line. */
export function bucketSuffixes(bounds: readonly number[]): readonly string[] {
  return [...bounds, Infinity].map((bound) => `le="${formatBound(bound)}"} `);
}

/**
 * A bucket's bound as Go prints it (`1e+06`, `100000`): it is part of the series' identity in Prometheus, so that
 * dashboards and recording rules made for Mixer must find the same text.
 */
export function formatBound(bound: number): string {
  if (!Number.isFinite(bound) || bound === 0) return formatValue(bound);
  const [mantissa = '', exponent = '0'] = bound.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(bound);
  return `${mantissa}e${power < 0 ? '-' : '+'}${Math.abs(power).toString().padStart(2, '0')}`;
}

function formatValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
