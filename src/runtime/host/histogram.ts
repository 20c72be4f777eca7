import { sampleLine } from './exposition.js';

/** A histogram of plain numbers: observing costs a short walk over the bounds and no allocation. */
export class Histogram {
  readonly #bounds: readonly number[];
  /** One more than bounds: the last counts what exceeds them all. */
  readonly #counts: Float64Array;
  #sum = 0;

  /** `bounds` are inclusive upper bounds in ascending order. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  get count(): number {
    return this.#counts.reduce((total, one) => total + one, 0);
  }

  get sum(): number {
    return this.#sum;
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && value > bounds[at]!) at++;
    this.#counts[at]!++;
    this.#sum += value;
  }

  /** Renders the sample lines of this series; `labels` are rendered labels without `le`. */
  render(name: string, labels: string): string {
    const prefix = labels === '' ? '' : `${labels},`;
    let total = 0;
    let text = '';
    this.#counts.forEach((count, at) => {
      total += count;
      const bound = this.#bounds[at];
      text += sampleLine(`${name}_bucket`, `${prefix}le="${bound === undefined ? '+Inf' : bound}"`, total);
    });
    return text + sampleLine(`${name}_sum`, labels, this.#sum) + sampleLine(`${name}_count`, labels, total);
  }
}
