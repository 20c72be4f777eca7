import type { Instance, Value } from 'fairlead/sdk';
import type { metric } from 'fairlead/templates';

import type { Definition } from './definition.js';
import type { Family } from './family.js';
import { LabelReader } from './label-reader.js';
import { measure } from './measure.js';

/** Feeds one metric from the instances of one name. */
export class Recorder {
  readonly #labels: LabelReader;
  // Counters of requests get the same text each time.
  #text: string | undefined;
  #number = 0;

  constructor(
    readonly definition: Definition,
    readonly family: Family,
  ) {
    this.#labels = new LabelReader(definition.labels, family.labelSets);
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
    // What a counter adds stays: one bad value would spoil the series until the process ends.
    if (this.definition.kind === 'COUNTER' && !(value >= 0 && value < Infinity)) {
      return `counter ${this.definition.instanceName} cannot be increased by ${value}`;
    }
    const set = this.#labels.read(instance.dimensions);
    if (set === undefined) return this.#explainLabels(instance.dimensions);
    this.family.record(set, value, now);
    return undefined;
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
