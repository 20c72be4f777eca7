/** A number about to be sent, under a metric's name and this suffix. */
export interface Point {
  readonly suffix: string;
  readonly kind: 'GAUGE' | 'CUMULATIVE_COUNTER';
  /** An integer when it is a bigint. */
  readonly value: bigint | number;
}

/** What the values of one time series come to. */
export interface Aggregate {
  add(amount: bigint | number): void;
  /** What there is to send now. What counts an interval starts anew. */
  take(): readonly Point[];
}

/** How many values of an interval percentiles are made of; beyond that they are a sample. */
const sampleSize = 256;
const percentiles = [0.25, 0.5, 0.9, 0.99].map((share) => ({ share, suffix: `.p${share * 100}` }));

/** Sums up, as an int64 does: it begins anew at the other end, which SignalFx takes for a restart. */
export function createCounter(): Aggregate {
  let sum = 0n;
  return {
    add: (amount) => {
      sum = BigInt.asIntN(64, sum + BigInt(amount));
    },
    take: () => [{ suffix: '', kind: 'CUMULATIVE_COUNTER', value: sum }],
  };
}

/**
 * Counts and sums up since its beginning, and keeps extremes and percentiles of the interval. Percentiles are exact up
 * to a number of values; from then on each value of the interval has the same chance to be among those that are kept.
 */
export function createHistogram(random: () => number = Math.random): Aggregate {
  const total = { count: 0n, sum: 0, squares: 0 };
  let kept: number[] = [];
  let [seen, min, max] = [0, Infinity, -Infinity];
  return {
    add(amount) {
      const value = Number(amount);
      total.count += 1n;
      total.sum += value;
      total.squares += value * value;
      seen += 1;
      min = Math.min(min, value);
      max = Math.max(max, value);
      const place = seen <= sampleSize ? seen - 1 : Math.floor(random() * seen);
      if (place < sampleSize) kept[place] = value;
    },
    take() {
      const points: Point[] = [
        { suffix: '.count', kind: 'CUMULATIVE_COUNTER', value: total.count },
        { suffix: '.sum', kind: 'CUMULATIVE_COUNTER', value: total.sum },
        { suffix: '.sumsquare', kind: 'CUMULATIVE_COUNTER', value: total.squares },
      ];
      if (seen > 0) points.push(...gauges(kept, min, max));
      kept = [];
      [seen, min, max] = [0, Infinity, -Infinity];
      // Sums of very large values have no number.
      return points.filter(({ value }) => typeof value === 'bigint' || Number.isFinite(value));
    },
  };
}

function gauges(values: readonly number[], min: number, max: number): readonly Point[] {
  const sorted = Float64Array.from(values).sort();
  return [
    { suffix: '.min', kind: 'GAUGE', value: min },
    { suffix: '.max', kind: 'GAUGE', value: max },
    ...percentiles.map(({ share, suffix }) => ({ suffix, kind: 'GAUGE', value: quantile(sorted, share) }) as const),
  ];
}

/** Between the two values that are nearest. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)]!;
  const above = sorted[Math.ceil(position)]!;
  return below + (above - below) * (position - Math.floor(position));
}
