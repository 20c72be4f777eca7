/** Exponential buckets: below `scale`, then `finite` ones that grow by `growth`, then one for all the rest. */
export class ExponentialBuckets {
  readonly #options: { readonly numFiniteBuckets: number; readonly growthFactor: number; readonly scale: number };
  readonly #bounds: readonly number[];

  constructor(finite: number, growth: number, scale: number) {
    this.#options = { numFiniteBuckets: finite, growthFactor: growth, scale };
    this.#bounds = Array.from({ length: finite + 1 }, (_, power) => scale * growth ** power);
  }

  /** The distribution that one value makes, as Service Control has it in JSON. */
  distributionOf(value: number): object {
    const bucket = this.#bounds.filter((bound) => bound <= value).length;
    const bucketCounts = Array.from({ length: this.#bounds.length + 1 }, (_, index) => (index === bucket ? '1' : '0'));
    return {
      count: '1',
      mean: value,
      minimum: value,
      maximum: value,
      bucketCounts,
      exponentialBuckets: this.#options,
    };
  }
}
