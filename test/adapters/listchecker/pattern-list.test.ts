import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { compilePattern, type Pattern, PatternList } from '../../../src/adapters/listchecker/pattern-list.js';
import { atOnce } from '../../../src/adapters/listchecker/steps.js';

function list(...sources: string[]): PatternList {
  const patterns = sources.map(compilePattern).map((pattern): Pattern => {
    assert.ok(typeof pattern !== 'string');
    return pattern;
  });
  return atOnce(PatternList.of(patterns));
}

/** Expressions of all that RE2 has, over so few letters that they are found now and then. */
const letters = fc.constantFrom('a', 'b', 'K', 's', '.', '/');
const sources = fc.letrec<{ pattern: string; piece: string; atom: string }>((tie) => ({
  pattern: fc
    .array(
      fc.array(tie('piece'), { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join('')),
      {
        minLength: 1,
        maxLength: 2,
      },
    )
    .map((branches) => branches.join('|')),
  piece: fc
    .tuple(tie('atom'), fc.constantFrom('', '', '', '', '?', '*', '+', '{2}', '{0,1}', '{1,}', '+?', '??'))
    .map((parts) => parts.join('')),
  atom: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.array(letters, { minLength: 1, maxLength: 4 }).map((text) => text.join('')),
    fc.constantFrom('^', '$', '\\b', '\\.', '\\d', '\\w', '.', '[ab]', '[^a]', '[[:alpha:]s]', '[]a]', 'é', '\\x61'),
    fc.constantFrom('\\Qa.b\\E', '(?i)', '(?s)', '(?m)', '\\pL', '(?i:K)', 'ſ', '\\n'),
    tie('pattern').map((inner) => `(${inner})`),
    tie('pattern').map((inner) => `(?i:${inner})`),
  ),
})).pattern;

const texts = fc
  .oneof(
    fc.array(
      fc.constantFrom('a', 'b', 'k', 'K', 's', 'S', '.', '/', 'ſ', '\u212a', 'é', '1', '\n', '_', 'aba', 'ab/'),
      {
        maxLength: 12,
      },
    ),
  )
  .map((pieces) => pieces.join(''));

describe('PatternList', () => {
  test('finds what its expressions find one by one', () => {
    let found = 0;
    fc.assert(
      fc.property(
        fc.array(sources, { maxLength: 6 }),
        fc.array(texts, { minLength: 1, maxLength: 8 }),
        (all, values) => {
          const usable = all.filter((source) => typeof compilePattern(source) !== 'string');
          const naive = usable.map((source) => RE2JS.compile(source));
          const ours = list(...usable);
          for (const value of values) {
            const wanted = naive.some((pattern) => pattern.test(value));
            if (wanted) found += 1;
            assert.equal(ours.has(value), wanted, JSON.stringify([usable, value]));
          }
        },
      ),
      { numRuns: 1500 },
    );
    assert.ok(found > 100, 'the expressions are found now and then');
  });

  test('finds every one of many expressions', () => {
    const sources = Array.from({ length: 600 }, (_, index) => [
      `^/v1/item-${index}$`,
      `(?i)^x${index % 10}[ab]{${index}}$`,
    ]);
    const ours = list(...sources.flat());
    for (let index = 0; index < 600; index += 7) {
      assert.equal(ours.has(`/v1/item-${index}`), true);
      assert.equal(ours.has(`/v1/item-${index}x`), false);
      assert.equal(ours.has(`X${index % 10}${'a'.repeat(index)}`), true);
    }
    assert.equal(ours.has(`x1${'b'.repeat(2)}`), false);
  });

  test('finds letters whose other case is not ASCII', () => {
    assert.equal(list('(?i)mask').has('maſ\u212a'), true);
    assert.equal(list('mask').has('maſ\u212a'), false);
    assert.equal(list('(?i)ma\u212as').has('MAKS'), true);
  });

  test('takes expressions that cannot stand in one: names used twice, quotes without end', () => {
    const ours = list('^(?P<a>[xy])1', '^(?P<a>[xy])2', '^\\Q(', '^)'.replace(')', '[)]'));
    assert.deepEqual(
      ['x1', 'y2', '(', ')', 'x3'].map((text) => ours.has(text)),
      [true, true, true, true, false],
    );
  });

  test('asks about an expression once, however often its text occurs', () => {
    const text = 'abc'.repeat(20_000);
    const ours = list(...Array.from({ length: 50 }, (_, index) => `abc\\d{${index + 1}}`));
    const start = process.cpuUsage();
    assert.equal(ours.has(text), false);
    const { user } = process.cpuUsage(start);
    assert.ok(user < 3_000_000, `took ${user} us`);
  });

  test('has nothing without expressions', () => assert.equal(list().has('a'), false));
});
