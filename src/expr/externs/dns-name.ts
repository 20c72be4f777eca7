import tr46 from 'tr46';
import { EvalError } from '../../attributes/index.js';

// Lower-case letters, digits and single hyphens are valid and map to themselves: no tables needed.
const simple = /^[a-z\d]+(?:-[a-z\d]+)*(?:\.[a-z\d]+(?:-[a-z\d]+)*)*\.?$/;
const ascii = /^[\0-\x7f]*$/;
// Longer names are invalid anyway; the bound keeps the tables away from hostile input.
const maxLength = 1_024;
const rules = { useSTD3ASCIIRules: true, checkHyphens: true, checkBidi: true, checkJoiners: true };

/**
 * Validates a DNS name: strict ASCII rules, hyphens, joiners, the Bidi rule and the length limits (mixer-core.md 3.2).
 * The value keeps its letter case and a trailing dot; labels in Punycode come back as Unicode.
 */
export function parseDnsName(text: string): string | EvalError {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  if (text.length > maxLength || tr46.toASCII(name, { ...rules, verifyDNSLength: true }) === null)
    return invalidDnsName(text);
  if (ascii.test(text) && !/xn--/i.test(text)) return text;
  return text
    .split('.')
    .map((label) => (/^xn--/i.test(label) ? tr46.toUnicode(label, rules).domain : label))
    .join('.');
}

/** Maps a name to the form in which equal names are equal texts, or says INVALID_DNS_NAME. A trailing dot stays. */
export function canonicalDnsName(text: string): string | EvalError {
  if (text.length > maxLength) return invalidDnsName(text);
  if (text === '' || simple.test(text)) return text;
  const { domain, error } = tr46.toUnicode(text, rules);
  return error ? invalidDnsName(text) : domain;
}

/** Compares two names regardless of case, of Unicode or Punycode, and of a dot at the end of one (mixer-core.md 3.5). */
export function equalDnsNames(a: string, b: string): boolean | EvalError {
  const left = canonicalDnsName(a);
  if (left instanceof EvalError) return left;
  const right = canonicalDnsName(b);
  if (right instanceof EvalError) return right;
  return left === right || left === `${right}.` || `${left}.` === right;
}

function invalidDnsName(text: string): EvalError {
  return new EvalError('INVALID_DNS_NAME', `'${text}' is no DNS name`, text);
}
