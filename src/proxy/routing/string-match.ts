import { RE2JS } from 're2js';
import type { StringMatch } from '../../gen/fairlead/proxy/v1/match.js';

export type StringTest = (value: string) => boolean;

/**
 * Compiles a condition; without one, anything fits. Expressions are RE2, so that no pattern takes more than linear time.
 *
 * @throws when the expression is none.
 */
export function compileStringMatch(match: StringMatch | undefined, ignoreCase = false): StringTest {
  if (match === undefined) return () => true;
  const { exact, prefix, suffix, regex } = match;
  if (regex !== undefined) return compileRegex(regex, ignoreCase);
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  if (exact !== undefined) {
    const wanted = fold(exact);
    return (value) => fold(value) === wanted;
  }
  if (prefix !== undefined) {
    const wanted = fold(prefix);
    return (value) => fold(value.slice(0, prefix.length)) === wanted;
  }
  if (suffix !== undefined) {
    const wanted = fold(suffix);
    return (value) => fold(value).endsWith(wanted);
  }
  return () => true;
}

/** Must match the whole string. */
export function compileRegex(regex: string, ignoreCase = false): StringTest {
  const compiled = RE2JS.compile(regex, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  return (value) => compiled.testExact(value);
}
