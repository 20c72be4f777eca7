const exact = 100;
const perDecade = 90;
const decades = 8;

/**
 * Milliseconds, in classes of two significant digits as Envoy's histograms have them: exact below 100, then within 10 %.
 * Recording is some arithmetic and one addition.
 */
export class Histogram {
  #classes = new Uint32Array(exact + perDecade * decades);
  #count = 0;
  #sum = 0;

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  record(millis: number): void {
    const value = millis > 0 ? Math.floor(millis) : 0;
    this.#count++;
    this.#sum += value;
    this.#classes[classOf(value)]!++;
  }

  /** How many were not above a bound. */
  countUpTo(bound: number): number {
    let count = 0;
    for (let index = 0; index < this.#classes.length && lowerEdge(index) <= bound; index++) {
      count += this.#classes[index]!;
    }
    return count;
  }

  /** The value that a share of all, from 0 to 1, does not exceed; undefined when there is none. */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined;
    const wanted = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (let index = 0; ; index++) {
      seen += this.#classes[index]!;
      if (seen >= wanted) return lowerEdge(index);
    }
  }
}

function classOf(value: number): number {
  if (value < exact) return value;
  let decade = 0;
  let rest = value / 10;
  for (; rest >= exact && decade < decades - 1; decade++) rest /= 10;
  return exact + decade * perDecade + Math.min(perDecade - 1, Math.floor(rest) - 10);
}

function lowerEdge(index: number): number {
  if (index < exact) return index;
  const decade = Math.floor((index - exact) / perDecade);
  return (((index - exact) % perDecade) + 10) * 10 ** (decade + 1);
}
