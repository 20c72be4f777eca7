import { type Datum, typeName } from '../datum.js';
import { fail } from '../render-error.js';
import type { Flags } from './flags.js';
import { formatValue, plainText } from './value.js';

/** Go takes no width or precision beyond this. */
const maxNumber = 1_000_000;
const directive = /%([-+# 0]*)(\d+|\*)?(?:\.(\d+|\*)?)?(\[[^\]]*\])?(.)?/gsu;

/** Go's Sprintf, of whose form `*` and `[n]` are left out. Fails when the text becomes longer than `limit`. */
export function printf(format: string, args: readonly Datum[], limit = Infinity): string {
  let text = '';
  let at = 0;
  let next = 0;
  for (const match of format.matchAll(directive)) {
    text += format.slice(at, match.index);
    at = match.index + match[0].length;
    const verb = match[5];
    if (verb === undefined || verb === '%') {
      text += verb ?? '%!(NOVERB)';
      continue;
    }
    const problem = problemOf(match);
    if (problem !== undefined) fail(`printf: ${problem}`);
    text += next < args.length ? formatValue(args[next], verb, flagsOf(match)) : `%!${verb}(MISSING)`;
    next += 1;
    if (text.length > limit) fail('the output is too long');
  }
  return text + format.slice(at) + extra(args.slice(next));
}

/** What a format asks for that is not supported; undefined when there is nothing. */
export function findFormatProblem(format: string): string | undefined {
  for (const match of format.matchAll(directive)) {
    const problem = problemOf(match);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOf([whole, flags = '', width, precision, index, verb]: RegExpExecArray): string | undefined {
  if (Number(width) > maxNumber || Number(precision) > maxNumber) return `'${whole}' is too wide`;
  const isArgument = width === '*' || precision === '*' || index !== undefined;
  const isGoSyntax = verb !== undefined && (/[pw]/.test(verb) || (flags.includes('#') && /[vefg]/i.test(verb)));
  return isArgument || isGoSyntax ? `'${whole}' in a format is not supported` : undefined;
}

function flagsOf([whole, signs = '', width, precision, , verb]: RegExpExecArray): Flags {
  const minus = signs.includes('-');
  const isPointed = precision !== undefined || /^%[-+# 0]*\d*\./.test(whole);
  return {
    // With %v a plus asks for field names, which no value has.
    plus: signs.includes('+') && verb !== 'v',
    minus,
    sharp: signs.includes('#'),
    space: signs.includes(' '),
    zero: signs.includes('0') && !minus,
    width: width === undefined ? undefined : Number(width),
    precision: isPointed ? Number(precision ?? 0) : undefined,
  };
}

function extra(args: readonly Datum[]): string {
  if (args.length === 0) return '';
  const texts = args.map((arg) => (arg === undefined ? '<nil>' : `${typeName(arg)}=${plainText(arg)}`));
  return `%!(EXTRA ${texts.join(', ')})`;
}
