import { stringify, type Value } from 'fairlead/sdk';
import { cutText } from 'fairlead/sdk/tracing';

import type { Attributes } from './attributes.js';
import type { Definition } from './definition.js';
import { createSeries, type Series } from './series.js';

/** The longest text of a metric's attribute: a request's path must not fill the memory of all its series. */
const maxLabelLength = 512;

// As OpenTelemetry's SDKs do it.
const overflowAttributes: Attributes = [['otel.metric.overflow', true]];

type Label = string | bigint | number | boolean;

/** The streams of one metric by their attributes, never more than a limit: what is more shares the last one. */
export class SeriesTable {
  readonly #series = new Map<string, Series>();
  readonly #definition: Definition;
  readonly #limit: number;
  #overflow: Series | undefined;

  constructor(definition: Definition, limit: number) {
    this.#definition = definition;
    this.#limit = limit;
  }

  /** The stream of some dimensions. Those that are absent are no attributes. */
  find(dimensions: Readonly<Record<string, Value | undefined>>): Series {
    const { dimensions: known } = this.#definition;
    const names = known ?? Object.keys(dimensions);
    // Lengths make the key unambiguous whatever the texts are; where the names are not fixed they belong to it.
    let key = '';
    for (const name of names) {
      const label = toLabel(dimensions[name]);
      key += label === undefined ? '-' : keyPart(label);
      if (known === undefined) key += keyPart(name);
    }
    return this.#series.get(key) ?? this.#add(key, attributesOf(names, dimensions));
  }

  /** All streams with at least one value, in order of their first. */
  all(): readonly Series[] {
    const series = Array.from(this.#series.values());
    return this.#overflow === undefined ? series : [...series, this.#overflow];
  }

  #add(key: string, attributes: Attributes): Series {
    if (this.#series.size + 1 >= this.#limit) {
      this.#overflow ??= createSeries(this.#definition, overflowAttributes);
      return this.#overflow;
    }
    const series = createSeries(this.#definition, attributes);
    this.#series.set(key, series);
    return series;
  }
}

function attributesOf(names: readonly string[], dimensions: Readonly<Record<string, Value | undefined>>): Attributes {
  const attributes: (readonly [string, Label])[] = [];
  for (const name of names) {
    const label = toLabel(dimensions[name]);
    if (label !== undefined) attributes.push([name, label]);
  }
  return attributes;
}

function toLabel(value: Value | undefined): Label | undefined {
  if (value === undefined || typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  return cutText(typeof value === 'string' ? value : stringify(value), maxLabelLength);
}

function keyPart(label: Label): string {
  // Nearly all are texts.
  if (typeof label === 'string') return `s${label.length}:${label}`;
  const text = String(label);
  return `${(typeof label)[0]!}${typeof label === 'boolean' ? 'o' : ''}${text.length}:${text}`;
}
