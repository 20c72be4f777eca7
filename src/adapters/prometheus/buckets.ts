import type { BucketsConfig } from './config.js';

const defaultBounds: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

// Each bound is a line per series; far above what anyone can read, far below what a typing error could ask for.
const maxFiniteBuckets = 1000;

/** The finite upper bounds that a definition asks for; the last bucket, up to infinity, is implicit. */
export function computeBounds(buckets: BucketsConfig | undefined): readonly number[] {
  const { linearBuckets: linear, exponentialBuckets: exponential, explicitBuckets: explicit } = buckets ?? {};
  if (linear !== undefined) {
    return Array.from({ length: linear.numFiniteBuckets + 1 }, (_, index) => linear.offset + linear.width * index);
  }
  if (exponential !== undefined) {
    const { numFiniteBuckets, scale, growthFactor } = exponential;
    const bounds: number[] = [];
    for (let bound = scale; bounds.length <= numFiniteBuckets; bound *= growthFactor) bounds.push(bound);
    return bounds;
  }
  const bounds = explicit?.bounds ?? [];
  const finite = bounds.at(-1) === Infinity ? bounds.slice(0, -1) : bounds;
  return finite.length === 0 ? defaultBounds : finite;
}

/** Why a definition makes no buckets; `path` is relative to it. */
export function boundsProblem(buckets: BucketsConfig): { path: string; message: string } | undefined {
  const { path, count, demand } = describeBuckets(buckets);
  const message = countProblem(count) ?? demand ?? orderProblem(buckets);
  return message === undefined ? undefined : { path, message };
}

/** `demand` is a demand on the numbers that is not met. */
function describeBuckets(buckets: BucketsConfig): { path: string; count: number; demand: string | undefined } {
  const { linearBuckets: linear, exponentialBuckets: exponential, explicitBuckets: explicit } = buckets;
  if (linear !== undefined) {
    const demand = linear.width > 0 ? undefined : 'width must be greater than 0';
    return { path: 'linearBuckets', count: linear.numFiniteBuckets, demand };
  }
  if (exponential !== undefined) {
    const { numFiniteBuckets: count, scale, growthFactor } = exponential;
    const sound = scale > 0 && growthFactor > 1;
    const demand = sound ? undefined : 'scale must be greater than 0 and growthFactor greater than 1';
    return { path: 'exponentialBuckets', count, demand };
  }
  return { path: 'explicitBuckets.bounds', count: explicit?.bounds.length ?? 0, demand: undefined };
}

function countProblem(count: number): string | undefined {
  return count >= 0 && count <= maxFiniteBuckets ? undefined : `must be 0 to ${maxFiniteBuckets} buckets`;
}

function orderProblem(buckets: BucketsConfig): string | undefined {
  const bounds = computeBounds(buckets);
  const sound = bounds.every((bound, index) => Number.isFinite(bound) && (index === 0 || bound > bounds[index - 1]!));
  return sound ? undefined : 'bounds must be finite and strictly increase';
}

/** Index of the bucket of a value: the first whose bound is not below it; NaN falls into the last, as in Go's client. */
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
