import { bucketOf } from './buckets.js';
import type { Definition } from './definition.js';
import { type LabelSet, type LabelSets, unknownLabels } from './label-sets.js';
import type { Exemplar, Series } from './series.js';

const overflowText = 'overflow';

// Looking at so many series takes about a millisecond.
const expiryStep = 1024;

/** All series of one exposed metric. */
export class Family {
  readonly #series = new Map<LabelSet, Series>();
  readonly #sets: LabelSets;
  #recentSet: LabelSet | undefined;
  #recent: Series | undefined;
  #overflowSet: LabelSet | undefined;
  #births = 0;
  #weight = 0;
  #live = true;

  constructor(
    readonly definition: Definition,
    sets: LabelSets,
  ) {
    this.#sets = sets;
    sets.holders++;
  }

  /** The index that label sets for {@link find} must come from. */
  get labelSets(): LabelSets {
    return this.#sets;
  }

  /** How much there is for a limit to look at: 1 for each series, and 1 more for each 1,024 characters of its labels. */
  get weight(): number {
    return this.#weight;
  }

  /** The series of a label set, undefined when there is none yet. */
  find(set: LabelSet): Series | undefined {
    if (set === this.#recentSet) return this.#recent;
    const series = this.#series.get(set);
    if (series !== undefined) {
      this.#recentSet = set;
      this.#recent = series;
    }
    return series;
  }

  /** Makes a series for a label set that has none; {@link unknownLabels} stands for the one in the index's tuple. */
  open(set: LabelSet): Series {
    if (!this.#live) return this.#create(0);
    const kept = set === unknownLabels ? this.#sets.insert() : set;
    const series = this.#create(kept === this.#overflowSet ? 0 : weightOf(kept));
    kept.users++;
    this.#series.set(kept, series);
    this.#weight += series.weight;
    return series;
  }

  /** The series that gathers what is too much: all its labels are `overflow`. It does not count as weight. */
  overflow(): Series {
    let set = this.#overflowSet;
    if (set === undefined || set.users === 0) {
      this.#sets.tuple.fill(overflowText);
      const known = this.#sets.resolve(false);
      set = known === unknownLabels && this.#live ? this.#sets.insert() : known;
      this.#overflowSet = set;
    }
    return this.find(set) ?? this.open(set);
  }

  /** Takes a value in: a gauge is set, a counter added to, a distribution observes. */
  record(series: Series, value: number, now: number, exemplar: Exemplar | undefined): void {
    let bucket = 0;
    series.touched = now;
    if (series.counts !== undefined) {
      bucket = bucketOf(this.definition.bounds, value);
      series.counts[bucket]!++;
      series.value += value;
    } else if (this.definition.kind === 'COUNTER') {
      series.value += value;
    } else {
      series.value = value;
    }
    if (exemplar !== undefined) (series.exemplars ??= [])[bucket] = exemplar;
  }

  /**
   * Drops the series that were not updated after `before`; they start anew when they come back. It stops now and then, so
   * that other work can be done in between.
   */
  *expire(before: number): Generator<void, void> {
    let looked = 0;
    for (const [set, series] of this.#series) {
      if (series.touched <= before) this.#drop(set, series);
      if (++looked % expiryStep === 0) yield;
    }
  }

  /** Ends it for good: what requests in flight still record is ignored. {@link dispose} is to follow. */
  retire(): void {
    if (this.#live) this.#sets.holders--;
    this.#live = false;
  }

  /** Drops everything. Of families that end together all should be retired first: that is much faster. */
  dispose(): void {
    this.retire();
    // An index that nobody uses any more goes as a whole.
    if (this.#sets.holders > 0) for (const [set, series] of this.#series) this.#drop(set, series);
    this.#series.clear();
    this.#recentSet = undefined;
    this.#recent = undefined;
  }

  /** All series there are now, by age. Others may come and go on the way: what comes is left out. */
  *series(): Generator<readonly [LabelSet, Series], void> {
    const end = this.#births;
    for (const entry of this.#series) {
      if (entry[1].birth >= end) return;
      yield entry;
    }
  }

  #create(weight: number): Series {
    const { bounds, kind } = this.definition;
    return {
      value: 0,
      counts: kind === 'DISTRIBUTION' ? new Array<number>(bounds.length + 1).fill(0) : undefined,
      touched: 0,
      exemplars: undefined,
      birth: this.#births++,
      weight,
    };
  }

  #drop(set: LabelSet, series: Series): void {
    this.#series.delete(set);
    this.#weight -= series.weight;
    this.#sets.release(set);
    this.#recentSet = undefined;
    this.#recent = undefined;
  }
}

// Without this, a few values of a megabyte would hold more memory than all series that a limit allows.
function weightOf(set: LabelSet): number {
  let length = 0;
  for (const value of set.values) length += value.length;
  return 1 + (length >>> 10);
}
