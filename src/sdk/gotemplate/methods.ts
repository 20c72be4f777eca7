import { Duration, Timestamp } from '../../attributes/index.js';
import type { Datum } from './datum.js';
import { dayOfYear, formatTime, parseLayout, timeText } from './time-layout.js';

type Method<T> = (receiver: T, ...args: Datum[]) => Datum;

const utc = (time: Timestamp): Date => new Date(time.seconds * 1000);
const nanosOf = (time: Timestamp): bigint => BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanos);

const ofTime = new Map<string, Method<Timestamp>>([
  ['Format', (time, layout) => formatTime(time, parseLayout(layout as string))],
  ['String', (time) => timeText(time)],
  ['UTC', (time) => time],
  ['Unix', (time) => BigInt(time.seconds)],
  // Of the nanoseconds, which count forward also before 1970.
  ['UnixMilli', (time) => BigInt(time.seconds) * 1_000n + BigInt(Math.trunc(time.nanos / 1e6))],
  ['UnixMicro', (time) => BigInt(time.seconds) * 1_000_000n + BigInt(Math.trunc(time.nanos / 1e3))],
  ['UnixNano', (time) => BigInt.asIntN(64, nanosOf(time))],
  ['Year', (time) => BigInt(utc(time).getUTCFullYear())],
  ['YearDay', (time) => BigInt(dayOfYear(utc(time)))],
  ['Day', (time) => BigInt(utc(time).getUTCDate())],
  ['Hour', (time) => BigInt(utc(time).getUTCHours())],
  ['Minute', (time) => BigInt(utc(time).getUTCMinutes())],
  ['Second', (time) => BigInt(utc(time).getUTCSeconds())],
  ['Nanosecond', (time) => BigInt(time.nanos)],
  ['IsZero', (time) => time.seconds === -62_135_596_800 && time.nanos === 0],
]);

const ofDuration = new Map<string, Method<Duration>>([
  ['String', (span) => span.toString()],
  ['Hours', (span) => span.toSeconds() / 3600],
  ['Minutes', (span) => span.toSeconds() / 60],
  ['Seconds', (span) => span.toSeconds()],
  ['Milliseconds', (span) => span.toNanos() / 1_000_000n],
  ['Microseconds', (span) => span.toNanos() / 1_000n],
  ['Nanoseconds', (span) => span.toNanos()],
]);

/** The methods that values have, for messages. */
export const methodNames: ReadonlySet<string> = new Set([...ofTime.keys(), ...ofDuration.keys()]);

/** How many arguments a method takes: a layout, or none. */
export function arityOf(method: string): number {
  return method === 'Format' ? 1 : 0;
}

/** A value's method, its receiver bound; undefined when the value has none of that name. */
export function findMethod(value: Datum, name: string): ((...args: Datum[]) => Datum) | undefined {
  if (value instanceof Timestamp) return bind(ofTime.get(name), value);
  return value instanceof Duration ? bind(ofDuration.get(name), value) : undefined;
}

function bind<T>(method: Method<T> | undefined, receiver: T): ((...args: Datum[]) => Datum) | undefined {
  return method === undefined ? undefined : (...args) => method(receiver, ...args);
}
