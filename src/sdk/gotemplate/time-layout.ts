import type { Timestamp } from '../../attributes/index.js';

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const dayMillis = 86_400_000;

type Part = (date: Date, nanos: number) => string;

const pad = (value: number, width: number, fill = '0'): string => String(value).padStart(width, fill);
const twelve = (date: Date): number => date.getUTCHours() % 12 || 12;
const year = (date: Date): string => {
  const value = date.getUTCFullYear();
  return value < 0 ? `-${pad(-value, 4)}` : pad(value, 4);
};

/** The day within its year, from 1. */
export function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - new Date(date).setUTCMonth(0, 1)) / dayMillis) + 1;
}

/** What stands for what in a layout. Times are UTC always, so that zones are constants. */
const parts = new Map<string, Part>([
  ['January', (date) => months[date.getUTCMonth()]!],
  ['Jan', (date) => months[date.getUTCMonth()]!.slice(0, 3)],
  ['1', (date) => String(date.getUTCMonth() + 1)],
  ['01', (date) => pad(date.getUTCMonth() + 1, 2)],
  ['Monday', (date) => days[date.getUTCDay()]!],
  ['Mon', (date) => days[date.getUTCDay()]!.slice(0, 3)],
  ['2', (date) => String(date.getUTCDate())],
  ['_2', (date) => pad(date.getUTCDate(), 2, ' ')],
  ['02', (date) => pad(date.getUTCDate(), 2)],
  ['__2', (date) => pad(dayOfYear(date), 3, ' ')],
  ['002', (date) => pad(dayOfYear(date), 3)],
  ['15', (date) => pad(date.getUTCHours(), 2)],
  ['3', (date) => String(twelve(date))],
  ['03', (date) => pad(twelve(date), 2)],
  ['4', (date) => String(date.getUTCMinutes())],
  ['04', (date) => pad(date.getUTCMinutes(), 2)],
  ['5', (date) => String(date.getUTCSeconds())],
  ['05', (date) => pad(date.getUTCSeconds(), 2)],
  ['2006', year],
  ['06', (date) => pad(date.getUTCFullYear() % 100, 2)],
  ['PM', (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM')],
  ['pm', (date) => (date.getUTCHours() < 12 ? 'am' : 'pm')],
  ['MST', () => 'UTC'],
  ...['Z0700', 'Z070000', 'Z07', 'Z07:00', 'Z07:00:00'].map((zone) => [zone, () => 'Z'] as const),
  ...['-0700', '-070000', '-07', '-07:00', '-07:00:00'].map(
    (zone) => [zone, () => zone.replace('-', '+').replace('7', '0')] as const,
  ),
]);

// In the order in which Go looks for them. `_2006` is an underscore and a year; `Jan` must not begin a lower-case word.
const chunk =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|__2|_(?=2006)|_2|002|0[1-6]|15|2006|1|2|3|4|5|PM|pm|[Z-]07(?:00(?:00)?|:00(?::00)?)?|[.,](?:0+|9+)(?!\d)/g;

/** A layout that has been read: a function per piece. */
export type Layout = readonly Part[];

/** Reads a layout of Go's time.Format: the reference time, Mon Jan 2 15:04:05 MST 2006, written as times shall be. */
export function parseLayout(layout: string): Layout {
  const pieces: Part[] = [];
  let at = 0;
  for (const { 0: found, index } of layout.matchAll(chunk)) {
    const literal = layout.slice(at, index) + (found === '_' ? found : '');
    if (literal !== '') pieces.push(() => literal);
    if (found !== '_') pieces.push(parts.get(found) ?? fraction(found));
    at = index + found.length;
  }
  const rest = layout.slice(at);
  if (rest !== '') pieces.push(() => rest);
  return pieces;
}

/** `.000` has as many digits as zeros; `.999` at most so many, without trailing zeros. */
function fraction(found: string): Part {
  const digits = found.length - 1;
  return (_date, nanos) => {
    const text = pad(nanos, 9).padEnd(digits, '0').slice(0, digits);
    const shown = found[1] === '9' ? text.replace(/0+$/, '') : text;
    return shown === '' ? '' : found.charAt(0) + shown;
  };
}

/** A time in UTC by a layout. */
export function formatTime(time: Timestamp, layout: Layout): string {
  const date = new Date(time.seconds * 1000);
  let text = '';
  for (const part of layout) text += part(date, time.nanos);
  return text;
}

const plain = parseLayout('2006-01-02 15:04:05.999999999 -0700 MST');

/** A time as Go prints it: `2006-01-02 15:04:05.999999999 +0000 UTC`. */
export function timeText(time: Timestamp): string {
  return formatTime(time, plain);
}
