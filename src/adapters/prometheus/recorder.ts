import type { Instance, Value } from 'fairlead/sdk';
import type { metric } from 'fairlead/templates';

import type { Definition } from './definition.js';
import type { Family } from './family.js';
import type { LabelSet } from './label-sets.js';
import { LabelReader } from './label-reader.js';
import { measure } from './measure.js';
import type { Overflow } from './overflow.js';
import type { Exemplar, Series } from './series.js';

// What OpenMetrics allows an exemplar's label to have, name and text together.
const maxExemplarLength = 128;

/** Feeds one metric from the instances of one name. */
export class Recorder {
  readonly #labels: LabelReader;
  // Counters of requests get the same text each time.
  #text: string | undefined;
  #number = 0;

  constructor(
    readonly definition: Definition,
    readonly family: Family,
    readonly overflow: Overflow,
  ) {
    this.#labels = new LabelReader(definition, family.labelSets);
  }

  /** Takes one instance in, whole or not at all; the answer says why not. */
  record(instance: Instance<typeof metric>, now: number): string | undefined {
    try {
      return this.#record(instance, now);
    } catch (cause) {
      // A dimension without a text, for example a time beyond the calendar: the others of the batch still count.
      this.family.labelSets.forget();
      return `could not record metric ${this.definition.instanceName}: ${String(cause)}`;
    }
  }

  #record(instance: Instance<typeof metric>, now: number): string | undefined {
    const value = this.#measure(instance.value);
    if (value === undefined) return `could not get value for metric ${this.definition.instanceName}`;
    // What is added up stays: one bad value would spoil the series until the process ends.
    if (this.definition.kind === 'COUNTER' && !(value >= 0 && value < Infinity)) {
      return `counter ${this.definition.instanceName} cannot be increased by ${value}`;
    }
    if (this.definition.kind === 'DISTRIBUTION' && !Number.isFinite(value)) {
      return `distribution ${this.definition.instanceName} cannot observe ${value}`;
    }
    const set = this.#labels.read(instance.dimensions);
    if (set === undefined) return this.#explainLabels(instance.dimensions);
    const series = this.family.find(set) ?? this.#open(set);
    const exemplar = this.definition.exemplar === undefined ? undefined : this.#exemplar(value, now);
    this.family.record(series, value, now, exemplar);
    return undefined;
  }

  #open(set: LabelSet): Series {
    if (this.overflow.hasRoom(this.family.weight)) return this.family.open(set);
    this.overflow.note(this.definition.fullName);
    return this.family.overflow();
  }

  #exemplar(value: number, at: number): Exemplar | undefined {
    const label = this.definition.exemplar!.name;
    const text = this.#labels.exemplar;
    return text === '' || label.length + text.length > maxExemplarLength ? undefined : { label, text, value, at };
  }

  #measure(value: Value | undefined): number | undefined {
    if (typeof value !== 'string') return measure(value);
    if (value === this.#text) return this.#number;
    const number = measure(value);
    if (number === undefined || value.length > 32) return number;
    this.#text = value;
    this.#number = number;
    return number;
  }

  #explainLabels(dimensions: Instance<typeof metric>['dimensions']): string {
    const difference = this.#labels.explain(dimensions);
    return `dimensions of metric ${this.definition.instanceName} are not its label names (${difference})`;
  }
}
