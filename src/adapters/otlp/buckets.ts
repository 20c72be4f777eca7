import type { BucketsConfig } from './config.js';

const defaultBounds: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const maxBounds = 1000;

/** The upper bounds that a definition asks for; the bucket up to infinity is implicit. */
export function computeBounds(buckets: BucketsConfig | undefined): readonly number[] {
  const { linearBuckets: linear, exponentialBuckets: exponential, explicitBuckets: explicit } = buckets ?? {};
  if (linear !== undefined) {
    return Array.from({ length: linear.numFiniteBuckets + 1 }, (_, index) => linear.offset + index * linear.width);
  }
  if (exponential !== undefined) {
    const { numFiniteBuckets, scale, growthFactor } = exponential;
    return Array.from({ length: numFiniteBuckets + 1 }, (_, index) => scale * growthFactor ** index);
  }
  return explicit === undefined || explicit.bounds.length === 0 ? defaultBounds : explicit.bounds;
}

/** What is wrong with buckets, and where below them. */
export function findBucketsProblem(buckets: BucketsConfig): { path: string; message: string } | undefined {
  const { linearBuckets: linear, exponentialBuckets: exponential, explicitBuckets: explicit } = buckets;
  const finite = linear?.numFiniteBuckets ?? exponential?.numFiniteBuckets;
  const path =
    linear !== undefined
      ? 'linearBuckets'
      : exponential !== undefined
        ? 'exponentialBuckets'
        : 'explicitBuckets.bounds';
  // Before they are computed: a typing error must not ask for two billion of them.
  const count = finite ?? explicit?.bounds.length ?? 0;
  if (count < 0 || count > maxBounds) return { path, message: `must be 0 to ${maxBounds} buckets` };
  const bounds = computeBounds(buckets);
  const sound = bounds.every((bound, index) => Number.isFinite(bound) && (index === 0 || bound > bounds[index - 1]!));
  return sound ? undefined : { path, message: 'bounds must be finite and strictly increase' };
}

/** Index of the bucket of a value: the first whose bound is not below it. */
export function bucketOf(bounds: readonly number[], value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bounds[middle]! >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
