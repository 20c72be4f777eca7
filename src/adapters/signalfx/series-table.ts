import type { Instance } from 'fairlead/sdk';
import type { metric } from 'fairlead/templates';
import { type Aggregate, createCounter, createHistogram } from './aggregate.js';
import { encodeDimensions, UploadWriter } from './datapoints.js';
import { dimensionsOf } from './dimensions.js';

/** What is kept of one time series. */
interface Series {
  readonly name: string;
  readonly dimensions: Uint8Array;
  readonly aggregate: Aggregate;
  updated: number;
}

/** A metric's type. */
export type SeriesType = 'COUNTER' | 'HISTOGRAM';

const create: Readonly<Record<SeriesType, () => Aggregate>> = { COUNTER: createCounter, HISTOGRAM: createHistogram };

const expiryMillis = 5 * 60_000;
const overflowDimensions: ReadonlyMap<string, string> = new Map([['overflow', 'true']]);
/** Of one message: what is written at a stretch, while nothing else happens. */
const message = { points: 1000, bytes: 256 * 1024 };

/** The time series of a handler, never more than a limit: of each metric, what is more shares one that says so. */
export class SeriesTable {
  readonly #series = new Map<string, Series>();
  readonly #overflow = new Map<string, Series>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#series.size + this.#overflow.size;
  }

  /** Adds an amount to the series of an instance. */
  add(instance: Instance<typeof metric>, amount: bigint | number, at: { type: SeriesType; now: number }): void {
    const dimensions = dimensionsOf(instance);
    const key = keyOf(instance.name, dimensions);
    const series = this.#series.get(key) ?? this.#create(key, { name: instance.name, dimensions, ...at });
    series.updated = at.now;
    series.aggregate.add(amount);
  }

  /** Writes all series as upload messages, one after the other, and forgets those that were not used for long. */
  *messages(now: number): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const writer = new UploadWriter(now);
    for (const table of [this.#series, this.#overflow]) {
      for (const [key, { name, dimensions, aggregate, updated }] of table) {
        if (now - updated >= expiryMillis) {
          table.delete(key);
          continue;
        }
        writer.add({ name, dimensions, points: aggregate.take() });
        if (writer.points >= message.points || writer.bytes >= message.bytes) yield writer.finish();
      }
    }
    if (writer.points > 0) yield writer.finish();
  }

  #create(
    key: string,
    of: { name: string; dimensions: ReadonlyMap<string, string>; type: SeriesType; now: number },
  ): Series {
    const isFull = this.#series.size >= this.#limit;
    const known = isFull ? this.#overflow.get(of.name) : undefined;
    if (known !== undefined) return known;
    const series = {
      name: of.name,
      dimensions: encodeDimensions(isFull ? overflowDimensions : of.dimensions),
      aggregate: create[of.type](),
      updated: of.now,
    };
    if (isFull) this.#overflow.set(of.name, series);
    else this.#series.set(key, series);
    return series;
  }
}

/** Lengths make it unambiguous whatever the texts are. */
function keyOf(name: string, dimensions: ReadonlyMap<string, string>): string {
  let key = name;
  for (const [dimension, text] of dimensions) key += `\n${dimension}=${text.length}:${text}`;
  return key;
}
