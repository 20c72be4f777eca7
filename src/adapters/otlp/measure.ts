import { Duration, type Value } from 'fairlead/sdk';

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const longestNumber = 64;
const integer = /^[+-]?\d{1,18}$/;
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** What a metric adds up: integers stay integers, for they may be beyond 2^53. */
export type Amount = bigint | number;

/** The number that a value stands for: durations in seconds, texts as they read; undefined when it is none. */
export function measure(value: Value | undefined): Amount | undefined {
  switch (typeof value) {
    case 'bigint':
    case 'number':
      return value;
    case 'string':
      return parseNumber(value);
    default:
      return value instanceof Duration ? value.toSeconds() : undefined;
  }
}

/** The sum; a double when one of them is, or when the integers leave 64 bits. */
export function addAmounts(a: Amount, b: Amount): Amount {
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return Number(a) + Number(b);
  const sum = a + b;
  return sum > MAX_INT64 || sum < MIN_INT64 ? Number(sum) : sum;
}

function parseNumber(text: string): Amount | undefined {
  if (text.length > longestNumber) return undefined;
  if (integer.test(text)) return BigInt(text.startsWith('+') ? text.slice(1) : text);
  return decimal.test(text) ? Number(text) : undefined;
}
