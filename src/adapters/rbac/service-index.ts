import { parsePattern } from './text-match.js';

/**
 * Finds the buckets of the patterns that a service's name matches: one look-up for the name, one for each length of a
 * prefix or suffix that occurs.
 */
export class ServiceIndex<Bucket> {
  readonly #create: () => Bucket;
  readonly #exact = new Map<string, Bucket>();
  readonly #prefixes = new Map<number, Map<string, Bucket>>();
  readonly #suffixes = new Map<number, Map<string, Bucket>>();
  #all: Bucket | undefined;

  constructor(create: () => Bucket) {
    this.#create = create;
  }

  /** The buckets of a pattern, empty at first: one, or two for a pattern that is a prefix and a suffix. */
  bucketsOf(pattern: string): readonly Bucket[] {
    const { all, exact, prefix, suffix } = parsePattern(pattern);
    if (all) return [(this.#all ??= this.#create())];
    const buckets: Bucket[] = [];
    if (exact !== undefined) buckets.push(this.#bucket(this.#exact, exact));
    if (prefix !== undefined) buckets.push(this.#bucket(ofLength(this.#prefixes, prefix), prefix));
    if (suffix !== undefined) buckets.push(this.#bucket(ofLength(this.#suffixes, suffix), suffix));
    return buckets;
  }

  /** What the first bucket gives that gives anything: that of the very name, then prefixes, suffixes, and `*`. */
  find<A, B, R>(
    service: string,
    search: (bucket: Bucket, a: A, b: B) => R | undefined,
    given: readonly [A, B],
  ): R | undefined {
    const [a, b] = given;
    const look = (bucket: Bucket | undefined): R | undefined =>
      bucket === undefined ? undefined : search(bucket, a, b);
    let found = look(this.#exact.get(service));
    if (found !== undefined) return found;
    for (const [length, buckets] of this.#prefixes) {
      found = length <= service.length ? look(buckets.get(service.slice(0, length))) : undefined;
      if (found !== undefined) return found;
    }
    for (const [length, buckets] of this.#suffixes) {
      found = length <= service.length ? look(buckets.get(service.slice(service.length - length))) : undefined;
      if (found !== undefined) return found;
    }
    return look(this.#all);
  }

  #bucket(buckets: Map<string, Bucket>, key: string): Bucket {
    const bucket = buckets.get(key) ?? this.#create();
    buckets.set(key, bucket);
    return bucket;
  }
}

function ofLength<Bucket>(lengths: Map<number, Map<string, Bucket>>, { length }: string): Map<string, Bucket> {
  const buckets = lengths.get(length) ?? new Map<string, Bucket>();
  lengths.set(length, buckets);
  return buckets;
}
