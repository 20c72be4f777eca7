import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Point } from './aggregate.js';

const { Bit64, LengthDelimited, Varint } = WireType;

/** Fields of `DataPointUploadMessage` and of the messages in it, as SignalFx's clients publish them. */
const field = {
  upload: { datapoints: 1 },
  point: { metric: 2, timestamp: 3, value: 4, metricType: 5, dimensions: 6 },
  datum: { doubleValue: 2, intValue: 3 },
  dimension: { key: 1, value: 2 },
};
const metricType = { GAUGE: 0, CUMULATIVE_COUNTER: 3 };

/** Writes dimensions once, as each point of their series repeats them. */
export function encodeDimensions(dimensions: ReadonlyMap<string, string>): Uint8Array {
  const writer = new BinaryWriter();
  for (const [key, value] of dimensions) {
    writer.tag(field.point.dimensions, LengthDelimited).fork();
    writer.tag(field.dimension.key, LengthDelimited).string(key);
    writer.tag(field.dimension.value, LengthDelimited).string(value);
    writer.join();
  }
  return writer.finish();
}

/** Points of one series at one time. */
export interface SeriesPoints {
  readonly name: string;
  readonly dimensions: Uint8Array;
  readonly points: readonly Point[];
}

/** Collects points into upload messages. */
export class UploadWriter {
  readonly #writer = new BinaryWriter();
  readonly #timestamp: bigint;
  #points = 0;
  #bytes = 0;

  /** All points have the same time, in milliseconds. */
  constructor(millis: number) {
    this.#timestamp = BigInt(Math.floor(millis));
  }

  /** Points since the last message. */
  get points(): number {
    return this.#points;
  }

  /** About how long the message is. */
  get bytes(): number {
    return this.#bytes;
  }

  add({ name, dimensions, points }: SeriesPoints): void {
    for (const { suffix, kind, value } of points) {
      const metric = name + suffix;
      const writer = this.#writer.tag(field.upload.datapoints, LengthDelimited).fork();
      writer.tag(field.point.metric, LengthDelimited).string(metric);
      writer.tag(field.point.timestamp, Varint).int64(this.#timestamp);
      writer.tag(field.point.value, LengthDelimited).fork();
      if (typeof value === 'bigint') writer.tag(field.datum.intValue, Varint).int64(value);
      else writer.tag(field.datum.doubleValue, Bit64).double(value);
      writer.join();
      writer.tag(field.point.metricType, Varint).int32(metricType[kind]);
      writer.raw(dimensions).join();
      this.#points += 1;
      this.#bytes += metric.length + dimensions.length + 32;
    }
  }

  /** The message; the next one begins empty. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#points = 0;
    this.#bytes = 0;
    return this.#writer.finish();
  }
}
