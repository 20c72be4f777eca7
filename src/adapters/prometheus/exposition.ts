import type { Definition } from './definition.js';

const hostile = /["\\\n]/;
const types = { GAUGE: 'gauge', COUNTER: 'counter', DISTRIBUTION: 'histogram' } as const;

/** The HELP and TYPE lines (text format 0.0.4). */
export function writeHeader(definition: Definition): string {
  const { fullName, help, kind } = definition;
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return `# HELP ${fullName} ${escaped}\n# TYPE ${fullName} ${types[kind]}\n`;
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

/** One line: name, labels, value. */
export function formatSample(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${formatValue(value)}\n` : `${name}{${labels}} ${formatValue(value)}\n`;
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
