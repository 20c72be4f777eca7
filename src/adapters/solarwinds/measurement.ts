import { Duration, stringify, type Value } from 'fairlead/sdk';

/** What AppOptics takes: of a name, a tag's name and its value; and the largest number, beyond which it refuses a request. */
const longest = { name: 255, tag: 64, text: 255 };
const largest = 1e126;
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** A metric as far as a measurement is made of it. */
export interface Sample {
  readonly value: Value | undefined;
  readonly dimensions: Readonly<Record<string, Value | undefined>>;
}

/** Writes one metric's measurements as JSON; undefined when the value is no number that AppOptics takes. */
export type WriteMeasurement = (sample: Sample, seconds: number) => string | undefined;

/**
 * Prepares the writing of a metric. AppOptics refuses a request for a single character that it does not know, for a tag
 * without a text and for a measurement without tags; so such characters become `_`, and what is empty is `-`.
 */
export function compileMeasurement(name: string, labelNames: readonly string[]): WriteMeasurement {
  const head = `{"name":${JSON.stringify(cleanName(name, longest.name))},"tags":{`;
  const labels = new Map<string, string>();
  for (const label of labelNames) labels.set(cleanName(label, longest.tag), label);
  const tags = Array.from(labels, ([tag, label]) => ({ label, key: `${JSON.stringify(tag)}:` }));
  return ({ value, dimensions }, seconds) => {
    const number = numberText(value);
    if (number === undefined) return undefined;
    const written = tags.map(({ label, key }) => key + JSON.stringify(tagText(dimensions[label])));
    return `${head}${written.join(',')}},"time":${seconds},"value":${number}}`;
  };
}

/** The number in decimal, so that integers keep all their digits. */
function numberText(value: Value | undefined): string | undefined {
  if (typeof value === 'bigint') return String(value);
  const number = numberOf(value);
  return Math.abs(number) < largest ? String(number) : undefined;
}

function numberOf(value: Value | undefined): number {
  if (typeof value === 'number') return value;
  if (value instanceof Duration) return Number(value.toNanos()) / 1e9;
  // Bounded, because a long text that is almost a number takes long to tell from one.
  if (typeof value === 'string' && value.length <= 64 && decimal.test(value)) return Number(value);
  return NaN;
}

function cleanName(name: string, length: number): string {
  return name.slice(0, length).replace(/[^-.:\w]/g, '_');
}

function tagText(value: Value | undefined): string {
  const text = stringify(value).slice(0, longest.text);
  return text === '' ? '-' : text.replace(/[^-.:\w?\\/ ]/gu, '_');
}
