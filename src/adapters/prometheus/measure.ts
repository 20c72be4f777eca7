import { Duration, type Value } from 'fairlead/sdk';

// Texts come from requests: each character can be read in one way only, or a long one would take minutes.
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const hexadecimal = /^([+-]?)0[xX](?=[\da-fA-F.])([\da-fA-F]*)(?:\.([\da-fA-F]*))?[pP]([+-]?\d+)$/;
const special = /^(?:([+-]?)inf(?:inity)?|nan)$/i;

/** The number that a metric's value stands for: durations in seconds, text as Go's ParseFloat reads it. */
export function measure(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string') return parseGoFloat(value);
  return value instanceof Duration ? value.toSeconds() : undefined;
}

/** Reads a double as Go's strconv.ParseFloat does; undefined when it is none or out of range. */
export function parseGoFloat(text: string): number | undefined {
  if (decimal.test(text)) return finite(Number(text));
  const infinite = special.exec(text);
  if (infinite !== null) return infinite[1] === undefined ? NaN : infinite[1] === '-' ? -Infinity : Infinity;
  return parseHexFloat(text);
}

function parseHexFloat(text: string): number | undefined {
  const match = hexadecimal.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  if (digits === '') return undefined;
  const size = Number(BigInt(`0x${digits}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
  return Number.isNaN(size) ? undefined : finite(sign === '-' ? -size : size);
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
