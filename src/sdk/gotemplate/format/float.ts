import { type Digits, exactDigits, roundDigits, shortestDigits } from './digits.js';

/** Digits of a double end here at the latest; more precision is zeros. */
const maxDigits = 1100;

/**
 * A finite number without its sign, as Go's strconv does: `f` plain, `e` with an exponent, `g` whichever is shorter.
 * Without a precision there are as many digits as read back as the same number.
 */
export function formatFloat(value: number, verb: 'e' | 'f' | 'g', precision: number | undefined): string {
  if (precision === undefined) return layOut(shortestDigits(value), verb, undefined);
  const wanted = Math.min(precision, maxDigits);
  const text = layOut(exactDigits(value), verb, wanted);
  return precision > wanted && verb !== 'g' ? padFraction(text, precision - wanted) : text;
}

function layOut(digits: Digits, verb: 'e' | 'f' | 'g', precision: number | undefined): string {
  if (verb === 'f') return plain(digits, precision);
  if (verb === 'e') return scientific(digits, precision);
  const wanted = precision === 0 ? 1 : precision;
  const rounded = wanted === undefined ? digits : roundDigits(digits, wanted);
  const { length } = rounded.text;
  const exponent = length === 0 ? 0 : rounded.point - 1;
  // Go: with a precision, an integer whose digits all fit is written plainly.
  const limit = wanted === undefined ? 6 : wanted > length && length >= rounded.point ? length : wanted;
  const isWide = exponent < -4 || exponent >= limit;
  return isWide ? scientific(rounded, Math.max(length - 1, 0)) : plain(rounded, Math.max(length - rounded.point, 0));
}

function plain(digits: Digits, precision: number | undefined): string {
  const { text, point } = precision === undefined ? digits : roundDigits(digits, digits.point + precision);
  const places = precision ?? Math.max(text.length - point, 0);
  const whole = point > 0 ? text.slice(0, point).padEnd(point, '0') : '0';
  if (places === 0) return whole;
  const zeros = point < 0 && text !== '' ? '0'.repeat(Math.min(-point, places)) : '';
  return `${whole}.${(zeros + text.slice(Math.max(point, 0))).padEnd(places, '0')}`;
}

function scientific(digits: Digits, precision: number | undefined): string {
  const { text, point } = precision === undefined ? digits : roundDigits(digits, precision + 1);
  const places = precision ?? Math.max(text.length - 1, 0);
  const exponent = text === '' ? 0 : point - 1;
  const fraction = places === 0 ? '' : `.${text.slice(1).padEnd(places, '0')}`;
  const sign = exponent < 0 ? '-' : '+';
  return `${text.charAt(0) || '0'}${fraction}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function padFraction(text: string, count: number): string {
  const at = text.indexOf('e');
  const zeros = '0'.repeat(count);
  return at < 0 ? text + zeros : text.slice(0, at) + zeros + text.slice(at);
}
