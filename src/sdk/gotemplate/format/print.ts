import type { Datum } from '../datum.js';
import { plainText } from './value.js';

/** Go's Sprint: a space between two operands when neither is a string. */
export function print(values: readonly Datum[]): string {
  let text = '';
  for (const [index, value] of values.entries()) {
    const isApart = index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string';
    text += (isApart ? ' ' : '') + plainText(value);
  }
  return text;
}

/** Go's Sprintln: a space between any two operands, and a newline. */
export function println(values: readonly Datum[]): string {
  return `${values.map(plainText).join(' ')}\n`;
}
