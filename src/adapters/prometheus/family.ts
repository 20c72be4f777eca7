import { bucketOf } from './buckets.js';
import type { Definition } from './definition.js';
import { bucketSuffixes, formatSample, LabelWriter, writeHeader } from './exposition.js';
import type { LabelSet, LabelSets } from './label-sets.js';

/** What one label set of a metric has gathered. */
interface Series {
  /** The counter's or gauge's value; a distribution's sum. */
  value: number;
  /** Observations by bucket, the last one up to infinity; undefined unless it is a distribution. */
  readonly counts: number[] | undefined;
  /** Milliseconds since the epoch of the last update. */
  touched: number;
}

/** All series of one exposed metric. */
export class Family {
  readonly #series = new Map<LabelSet, Series>();
  readonly #sets: LabelSets;
  #recentSet: LabelSet | undefined;
  #recent: Series | undefined;
  #live = true;

  constructor(
    readonly definition: Definition,
    sets: LabelSets,
  ) {
    this.#sets = sets;
  }

  get size(): number {
    return this.#series.size;
  }

  /** The index that label sets for {@link record} must come from. */
  get labelSets(): LabelSets {
    return this.#sets;
  }

  /** Takes a value in: a gauge is set, a counter added to, a distribution observes. */
  record(set: LabelSet, value: number, now: number): void {
    const series = set === this.#recentSet ? this.#recent! : this.#select(set);
    series.touched = now;
    if (series.counts !== undefined) {
      series.counts[bucketOf(this.definition.bounds, value)]!++;
      series.value += value;
    } else if (this.definition.kind === 'COUNTER') {
      series.value += value;
    } else {
      series.value = value;
    }
  }

  /** Drops the series that were not updated after `before`; they start anew when they come back. */
  expire(before: number): void {
    for (const [set, series] of this.#series) if (series.touched <= before) this.#drop(set);
  }

  /** Drops everything, for good: what requests in flight still record is ignored. */
  dispose(): void {
    this.#live = false;
    for (const set of this.#series.keys()) this.#drop(set);
  }

  /** Appends the text of all series; nothing when there are none, as Go's client does. */
  write(out: string[]): void {
    if (this.#series.size === 0) return;
    const { definition } = this;
    out.push(writeHeader(definition));
    const suffixes = bucketSuffixes(definition.bounds);
    const writer = new LabelWriter(this.#sets.names);
    for (const [set, series] of this.#series) {
      const labels = writer.write(set.values);
      if (series.counts === undefined) out.push(formatSample(definition.fullName, labels, series.value));
      else out.push(this.#writeDistribution(labels, suffixes, series));
    }
  }

  #writeDistribution(labels: string, suffixes: readonly string[], series: Series): string {
    const name = this.definition.fullName;
    const start = labels === '' ? `${name}_bucket{` : `${name}_bucket{${labels},`;
    let text = '';
    let total = 0;
    for (const [index, suffix] of suffixes.entries()) {
      total += series.counts![index]!;
      text += `${start}${suffix}${total}\n`;
    }
    return text + formatSample(`${name}_sum`, labels, series.value) + formatSample(`${name}_count`, labels, total);
  }

  #select(set: LabelSet): Series {
    let series = this.#series.get(set);
    if (series === undefined) {
      const { bounds, kind } = this.definition;
      series = { value: 0, counts: kind === 'DISTRIBUTION' ? zeros(bounds.length + 1) : undefined, touched: 0 };
      set.users++;
      if (!this.#live) {
        this.#sets.release(set);
        return series;
      }
      this.#series.set(set, series);
    }
    this.#recentSet = set;
    this.#recent = series;
    return series;
  }

  #drop(set: LabelSet): void {
    this.#series.delete(set);
    this.#sets.release(set);
    this.#recentSet = undefined;
    this.#recent = undefined;
  }
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}
