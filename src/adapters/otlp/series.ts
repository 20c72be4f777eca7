import { bucketOf } from './buckets.js';
import type { Attributes } from './attributes.js';
import type { Definition } from './definition.js';
import { addAmounts, type Amount } from './measure.js';

/** One stream of a metric: its attributes, and what was reported for them so far. */
export interface Series {
  readonly attributes: Attributes;
  /** The sum of a counter or a distribution, the last value of a gauge. */
  value: Amount;
  /** Undefined unless it is a distribution. */
  readonly histogram: Histogram | undefined;
}

/** How the values of a distribution are spread. */
interface Histogram {
  count: number;
  min: number;
  max: number;
  /** By bucket; one more than there are bounds. */
  readonly counts: number[];
}

/** A stream to which nothing has been reported. */
export function createSeries({ kind, bounds }: Definition, attributes: Attributes): Series {
  const histogram = {
    count: 0,
    min: Infinity,
    max: -Infinity,
    counts: new Array<number>(bounds.length + 1).fill(0),
  };
  return { attributes, value: 0n, histogram: kind === 'DISTRIBUTION' ? histogram : undefined };
}

/** Why a metric cannot take a value: what is added up stays, so one bad value would spoil a stream for good. */
export function findAmountProblem({ kind }: Definition, amount: Amount): string | undefined {
  if (kind === 'GAUGE') return undefined;
  const number = Number(amount);
  if (kind === 'COUNTER' && !(number >= 0)) return `a counter cannot be increased by ${amount}`;
  return Number.isFinite(number) ? undefined : `${number} cannot be added up`;
}

/** Takes a value in that the metric can take. */
export function record({ kind, bounds }: Definition, series: Series, amount: Amount): void {
  series.value = kind === 'GAUGE' ? amount : addAmounts(series.value, amount);
  const { histogram } = series;
  if (histogram === undefined) return;
  const number = Number(amount);
  histogram.count += 1;
  histogram.min = Math.min(histogram.min, number);
  histogram.max = Math.max(histogram.max, number);
  histogram.counts[bucketOf(bounds, number)]! += 1;
}
