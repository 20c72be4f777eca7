import { Duration, stringify, Timestamp, type Value } from 'fairlead/sdk';
import { cutText } from 'fairlead/sdk/tracing';

import type { Sink, Write } from './sink.js';

/** Attributes by name, in order; no name comes twice. */
export type Attributes = readonly (readonly [name: string, value: Value])[];

/** What a map may bring along: its keys come from requests. */
const maxMapEntries = 128;

/** An AnyValue: numbers, texts and booleans keep their types, a string map is a list of keys, all else is its text. */
export function writeAnyValue(sink: Sink, value: Value): void {
  switch (typeof value) {
    case 'string':
      sink.text(1, 'stringValue', cutText(value));
      return;
    case 'boolean':
      sink.bool(2, 'boolValue', value);
      return;
    case 'bigint':
      sink.int64(3, 'intValue', value);
      return;
    case 'number':
      sink.double(4, 'doubleValue', value);
      return;
    default:
      writeObject(sink, value);
  }
}

/** A KeyValue. */
export const writeKeyValue: Write<readonly [string, Value]> = (sink, [name, value]) => {
  sink.text(1, 'key', cutText(name));
  sink.message(2, 'value', (inner) => writeAnyValue(inner, value));
};

/** A Resource, and also an InstrumentationScope as far as that has attributes. */
export const writeResource: Write<Attributes> = (sink, attributes) => {
  sink.messages(1, 'attributes', attributes, writeKeyValue);
};

/** An InstrumentationScope by its name. */
export const writeScope: Write<string> = (sink, name) => sink.text(1, 'name', name);

/** Nanoseconds since the epoch as OTLP has them, 0 for what it cannot say: before 1970, after 2554. */
export function unixNanos(time: Timestamp | undefined): bigint {
  if (time === undefined) return 0n;
  const nanos = BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanos);
  return nanos < 0n || nanos >= 2n ** 64n ? 0n : nanos;
}

function writeObject(sink: Sink, value: Exclude<Value, string | boolean | bigint | number>): void {
  if (value instanceof Uint8Array || value instanceof Timestamp || value instanceof Duration) {
    sink.text(1, 'stringValue', stringify(value));
    return;
  }
  const entries: [string, string][] = [];
  for (const entry of value.entries()) if (entries.push(entry) >= maxMapEntries) break;
  sink.message(6, 'kvlistValue', (list) => list.messages(1, 'values', entries, writeKeyValue));
}
