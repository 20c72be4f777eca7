import type { Pattern } from './externs/matches.js';

/**
 * The source of a test of a text, which is a source itself, for a pattern that is known when code is made. `constant`
 * gives the name under which the code sees a value.
 */
export function patternTest(pattern: Pattern, text: string, constant: (value: unknown) => string): string {
  switch (pattern.kind) {
    case 'any':
      return 'true';
    case 'equals':
      return `${text} === ${JSON.stringify(pattern.text)}`;
    case 'prefix':
      return affixTest(text, pattern.text, { method: 'startsWith', from: '' });
    case 'suffix':
      return affixTest(text, pattern.text, { method: 'endsWith', from: `${text}.length - ${pattern.text.length} + ` });
    case 'contains':
      return `${text}.includes(${JSON.stringify(pattern.text)})`;
    case 'regex':
      return `${constant(pattern.regex)}.test(${text})`;
  }
}

// Comparing a few characters beats the built-in method, most of all when the first one already differs.
function affixTest(text: string, affix: string, how: { readonly method: string; readonly from: string }): string {
  if (affix.length > 16) return `${text}.${how.method}(${JSON.stringify(affix)})`;
  const units = Array.from({ length: affix.length }, (_, i) => affix.charCodeAt(i));
  const tests = units.map((unit, i) => `${text}.charCodeAt(${how.from}${i}) === ${unit}`);
  return [`${text}.length >= ${affix.length}`, ...tests].join(' && ');
}
