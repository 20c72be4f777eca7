/** What happened to one series between two scrapes. */
export interface Change {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** How much it grew. */
  readonly delta: number;
  /** What it was in the end. */
  readonly value: number;
}

/** Values by the values of the labels they are grouped by. */
export type Answer = ReadonlyMap<string, number>;

type Selector = Readonly<Record<string, string | RegExp>>;

/**
 * Says what Prometheus must answer about known changes: a second way to the same numbers, by plain arithmetic. `seconds`
 * is the time between the scrapes.
 */
export class ExpectedSeries {
  readonly #changes: readonly Change[];
  readonly #seconds: number;

  constructor(changes: readonly Change[], seconds: number) {
    this.#changes = changes;
    this.#seconds = seconds;
  }

  /** `sum by (by) (rate(name{where}))` */
  rate(name: string, by: readonly string[] = [], where: Selector = {}): Answer {
    return this.#sum(name, by, where, ({ delta }) => delta / this.#seconds);
  }

  /** `sum by (by) (name{where})` */
  value(name: string, by: readonly string[] = [], where: Selector = {}): Answer {
    return this.#sum(name, by, where, ({ value }) => value);
  }

  /** `histogram_quantile(q, sum by (le, by) (rate(name_bucket{where})))` */
  quantile(q: number, name: string, by: readonly string[] = [], where: Selector = {}): Answer {
    const answer = new Map<string, number>();
    for (const group of this.rate(`${name}_bucket`, by, where).keys()) {
      const buckets = [...this.rate(`${name}_bucket`, ['le', ...by], where)]
        .map(([key, count]) => ({ le: key.split(' ')[0] ?? '', rest: key.split(' ').slice(1).join(' '), count }))
        .filter(({ rest }) => rest === group)
        .map(({ le, count }) => ({ bound: le === '+Inf' ? Infinity : Number(le), count }))
        .sort((a, b) => a.bound - b.bound);
      answer.set(group, quantileOf(q, buckets));
    }
    return answer;
  }

  #sum(name: string, by: readonly string[], where: Selector, read: (change: Change) => number): Answer {
    const sums = new Map<string, number>();
    for (const change of this.#changes) {
      if (change.name !== name || !matches(change.labels, where)) continue;
      const key = keyOf(change.labels, by);
      sums.set(key, (sums.get(key) ?? 0) + read(change));
    }
    return sums;
  }
}

/** The text by which answers name a group. */
export function keyOf(labels: Readonly<Record<string, string>>, by: readonly string[]): string {
  return by.map((name) => labels[name] ?? '').join(' ');
}

/** Group by group, `a` divided by `b`; 0 where `a` has nothing. */
export function share(a: Answer, b: Answer): Answer {
  return new Map([...b].map(([key, value]) => [key, (a.get(key) ?? 0) / value]));
}

function matches(labels: Readonly<Record<string, string>>, where: Selector): boolean {
  return Object.entries(where).every(([name, wanted]) => {
    const value = labels[name] ?? '';
    return typeof wanted === 'string' ? value === wanted : wanted.test(value);
  });
}

// Linear within the bucket where the rank falls, as Prometheus does it.
function quantileOf(q: number, buckets: readonly { readonly bound: number; readonly count: number }[]): number {
  const rank = q * (buckets.at(-1)?.count ?? 0);
  const at = buckets.findIndex(({ count }) => count >= rank);
  const { bound, count } = buckets[at]!;
  const before = buckets[at - 1] ?? { bound: 0, count: 0 };
  if (bound === Infinity) return before.bound;
  return before.bound + (bound - before.bound) * ((rank - before.count) / (count - before.count));
}
