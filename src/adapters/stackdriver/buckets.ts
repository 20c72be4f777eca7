import type { BucketsConfig } from './config.js';

// Cloud Monitoring takes no more.
const maxFinite = 200;

/** The bounds between the buckets: below the first is underflow, at or above the last overflow (adapters.md 4.8). */
export function boundsOf(buckets: BucketsConfig): readonly number[] {
  const { linearBuckets: linear, exponentialBuckets: exponential, explicitBuckets: explicit } = buckets;
  if (linear !== undefined) {
    return Array.from({ length: linear.numFiniteBuckets + 1 }, (_, index) => linear.offset + linear.width * index);
  }
  if (exponential !== undefined) {
    const { numFiniteBuckets, scale, growthFactor } = exponential;
    return Array.from({ length: numFiniteBuckets + 1 }, (_, index) => scale * growthFactor ** index);
  }
  return explicit?.bounds ?? [];
}

/** Index of the bucket of a value: how many bounds are not above it. */
export function bucketOf(bounds: readonly number[], value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bounds[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is wrong with buckets, and where below them. */
export function bucketsProblem(buckets: BucketsConfig): { path: string; message: string } | undefined {
  const { linearBuckets: linear, exponentialBuckets: exponential, explicitBuckets: explicit } = buckets;
  if (linear !== undefined) {
    const message =
      countProblem(linear.numFiniteBuckets) ?? (linear.width > 0 ? undefined : 'width must be more than 0');
    return at('linearBuckets', message ?? orderProblem(buckets));
  }
  if (exponential !== undefined) {
    const { numFiniteBuckets, scale, growthFactor } = exponential;
    const grows = scale > 0 && growthFactor > 1;
    const message = grows ? undefined : 'scale must be more than 0 and growthFactor more than 1';
    return at('exponentialBuckets', countProblem(numFiniteBuckets) ?? message ?? orderProblem(buckets));
  }
  if (explicit === undefined) return at('', 'must say which buckets');
  return at('explicitBuckets.bounds', countProblem(explicit.bounds.length) ?? orderProblem(buckets));
}

function at(path: string, message: string | undefined): { path: string; message: string } | undefined {
  return message === undefined ? undefined : { path, message };
}

function countProblem(count: number): string | undefined {
  return count >= 1 && count <= maxFinite ? undefined : `must be 1 to ${maxFinite}`;
}

function orderProblem(buckets: BucketsConfig): string | undefined {
  const bounds = boundsOf(buckets);
  const sound = bounds.every((bound, index) => Number.isFinite(bound) && (index === 0 || bound > bounds[index - 1]!));
  return sound ? undefined : 'bounds must be finite and strictly increase';
}
