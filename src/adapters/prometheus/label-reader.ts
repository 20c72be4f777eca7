import { stringify, type Value } from 'fairlead/sdk';

import type { Definition } from './definition.js';
import type { LabelSet, LabelSets } from './label-sets.js';

const exemplarColumn = -1;

/**
 * Turns an instance's dimensions into a label set. Instances of one name have their dimensions in one order, which is
 * learned from the first: after that, one walk over the object checks that the dimensions are exactly the labels, and
 * reads them.
 */
export class LabelReader {
  /** The text of the exemplar's dimension of the instance read last; empty when there is none. */
  exemplar = '';
  readonly #columnOf: ReadonlyMap<string, number>;
  #keys: readonly string[];
  #columns: readonly number[];

  constructor(
    { labels, exemplar }: Pick<Definition, 'labels' | 'exemplar'>,
    readonly sets: LabelSets,
  ) {
    const columns = labels.map(({ dimension }, index) => [dimension, index] as const);
    this.#columnOf = new Map(exemplar === undefined ? columns : [...columns, [exemplar.dimension, exemplarColumn]]);
    this.#keys = [...this.#columnOf.keys()];
    this.#columns = [...this.#columnOf.values()];
  }

  /** The label set, or undefined when a label is missing or a dimension is not among the labels. */
  read(dimensions: Readonly<Record<string, Value>>): LabelSet | undefined {
    const keys = this.#keys;
    const columns = this.#columns;
    const tuple = this.sets.tuple;
    let index = 0;
    let same = true;
    for (const key in dimensions) {
      if (key !== keys[index]) return this.#relearn(dimensions);
      const value = dimensions[key];
      const text = typeof value === 'string' ? value : stringify(value);
      const column = columns[index]!;
      if (column === exemplarColumn) {
        this.exemplar = text;
      } else if (tuple[column] !== text) {
        tuple[column] = text;
        same = false;
      }
      index++;
    }
    if (index === keys.length) return this.sets.resolve(same);
    this.sets.forget();
    return undefined;
  }

  /** How the dimensions differ from the labels, for the error message. */
  explain(dimensions: Readonly<Record<string, unknown>>): string {
    return describeDifference(this.#keys, Object.keys(dimensions));
  }

  #relearn(dimensions: Readonly<Record<string, Value>>): LabelSet | undefined {
    this.sets.forget();
    const keys = Object.keys(dimensions);
    const columns = keys.flatMap((key) => this.#columnOf.get(key) ?? []);
    if (keys.length !== this.#columnOf.size || columns.length !== keys.length) return undefined;
    this.#keys = keys;
    this.#columns = columns;
    return this.read(dimensions);
  }
}

/** `missing: a, b; unexpected: c`, or empty when the sets are equal. */
export function describeDifference(labels: readonly string[], dimensions: readonly string[]): string {
  const missing = labels.filter((name) => !dimensions.includes(name));
  const unexpected = dimensions.filter((name) => !labels.includes(name));
  return [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(unexpected.length > 0 ? [`unexpected: ${unexpected.join(', ')}`] : []),
  ].join('; ');
}
