import { Duration, formatIp, type Instance, stringify, Timestamp, type Value } from 'fairlead/sdk';
import type { logentry } from 'fairlead/templates';
import { MsgpackWriter } from './msgpack.js';

/** A log entry as it waits: encoded, so that its size is known and nothing of the request is kept. */
export interface Entry {
  readonly tag: string;
  /** `[time, record]` in MessagePack, the first byte being the array's. */
  readonly event: Buffer;
}

/** How entries are written. */
export interface EntryOptions {
  readonly integerDuration: boolean;
  readonly subSecondPrecision: boolean;
  /** The time of entries that have none. */
  readonly now: () => number;
}

type LogEntry = Instance<typeof logentry>;

/** Makes a function that encodes log entries. */
export function createEncoder(options: EntryOptions): (entry: LogEntry) => Entry {
  const writer = new MsgpackWriter();
  return (entry) => {
    const { variables, name } = entry;
    const given = variables['tag'];
    const tag = given === undefined ? '' : stringify(given);
    // An entry without a tag goes nowhere: fluentd routes by it.
    const hasTag = tag !== '';
    // An entry whose values have no text breaks off inside.
    writer.clear();
    writer.array(2);
    writeTime(writer, entry.timestamp ?? Timestamp.fromMillis(options.now()), options);
    writer.map(countFields(variables, hasTag));
    for (const key in variables) {
      const value = variables[key];
      if (value === undefined || isReplaced(key, hasTag)) continue;
      writer.string(key);
      writeValue(writer, value, options);
    }
    writer.string('severity');
    writer.string(entry.severity ?? '');
    if (hasTag) {
      writer.string('name');
      writer.string(name);
    }
    return { tag: hasTag ? tag : name, event: writer.take() };
  };
}

/** About what an entry costs in memory and on the wire. */
export function sizeOfEntry({ tag, event }: Entry): number {
  return event.length + tag.length + 16;
}

function isReplaced(key: string, hasTag: boolean): boolean {
  return key === 'severity' || key === 'tag' || (hasTag && key === 'name');
}

function countFields(variables: LogEntry['variables'], hasTag: boolean): number {
  let count = hasTag ? 2 : 1;
  for (const key in variables) if (variables[key] !== undefined && !isReplaced(key, hasTag)) count += 1;
  return count;
}

function writeTime(writer: MsgpackWriter, { seconds, nanos }: Timestamp, options: EntryOptions): void {
  // EventTime has 32 bits without a sign: it knows neither the time before 1970 nor that after 2106.
  if (options.subSecondPrecision && seconds >= 0 && seconds < 2 ** 32) writer.eventTime(seconds, nanos);
  else writer.integer(seconds);
}

function writeValue(writer: MsgpackWriter, value: Value, options: EntryOptions): void {
  switch (typeof value) {
    case 'string': {
      writer.string(value);
      return;
    }
    case 'bigint': {
      writer.integer(value);
      return;
    }
    case 'number': {
      writer.double(value);
      return;
    }
    case 'boolean': {
      writer.boolean(value);
      return;
    }
    default: {
      writeObject(writer, value, options);
      return;
    }
  }
}

function writeObject(
  writer: MsgpackWriter,
  value: Exclude<Value, string | bigint | number | boolean>,
  options: EntryOptions,
): void {
  if (value instanceof Uint8Array) writer.string(formatIp(value));
  else if (value instanceof Duration) {
    if (options.integerDuration) writer.integer(value.toNanos() / 1_000_000n);
    else writer.string(value.toString());
  } else if (value instanceof Timestamp) writer.string(stringify(value));
  else {
    writer.map(value.size);
    for (const [key, text] of value.entries()) {
      writer.string(key);
      writer.string(text);
    }
  }
}
