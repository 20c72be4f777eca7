import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import jsep from 'jsep';
import { checkExpression, CompileError, limits, parseExpression, printExpression } from '../../src/expr/index.js';
import { newVocabulary } from './random-expressions.js';

const outcome = (source: string): string => {
  const node = parseExpression(source);
  return node instanceof CompileError ? node.kind : 'parsed';
};

describe('parseExpression()', () => {
  it('puts jsep back as it was', () => {
    const before = JSON.stringify([jsep.binary_ops, jsep.unary_ops, [...jsep.right_associative]]);
    parseExpression('a | b == ^c &^ d');
    assert.equal(JSON.stringify([jsep.binary_ops, jsep.unary_ops, [...jsep.right_associative]]), before);
    assert.equal((jsep('a | b == c') as jsep.BinaryExpression).operator, '|');
  });

  it('keeps where each node begins', () => {
    const node = parseExpression('(a) || !f("x", b.c)');
    assert.ok(!(node instanceof CompileError) && node.kind === 'call');
    const not = node.args[1]!;
    assert.ok(not.kind === 'call' && not.args[0]?.kind === 'call');
    const call = not.args[0];
    assert.deepEqual([node.offset, node.args[0]!.offset, not.offset, call.offset], [0, 1, 7, 8]);
    assert.deepEqual(
      call.args.map(({ offset }) => offset),
      [10, 15],
    );
  });

  it('allows names that begin with a dollar only when told to', () => {
    assert.equal(outcome('$out.a'), 'PARSE_ERROR');
    const node = parseExpression('$out.a | b', { dollar: true });
    assert.ok(!(node instanceof CompileError));
    assert.equal(printExpression(node), 'OR($$out.a, $b)');
  });

  it('ignores a byte order mark at the very beginning', () => {
    assert.equal(outcome('\ufeffa'), 'parsed');
    assert.equal(outcome('a\ufeff'), 'PARSE_ERROR');
  });
});

describe('the limits of parseExpression()', () => {
  const sizes: readonly (readonly [name: string, source: string, expected: string])[] = [
    ['the longest source', `"${'x'.repeat(limits.sourceLength - 2)}"`, 'parsed'],
    ['a longer source', `"${'x'.repeat(limits.sourceLength - 1)}"`, 'EXPRESSION_TOO_LARGE'],
    ['the deepest nesting', `${'('.repeat(limits.nesting)}a${')'.repeat(limits.nesting)}`, 'parsed'],
    ['a deeper nesting', `${'('.repeat(limits.nesting + 1)}a${')'.repeat(limits.nesting + 1)}`, 'EXPRESSION_TOO_LARGE'],
    ['brackets that never close', '('.repeat(60_000), 'EXPRESSION_TOO_LARGE'],
    ['calls that never close', 'f('.repeat(30_000), 'EXPRESSION_TOO_LARGE'],
    ['keys of keys', 'm['.repeat(30_000), 'EXPRESSION_TOO_LARGE'],
    ['as many prefix operators as brackets', `${'!'.repeat(limits.nesting)}a`, 'parsed'],
    ['more prefix operators', '!'.repeat(60_000), 'EXPRESSION_TOO_LARGE'],
    ['prefix operators and brackets together', '-('.repeat(limits.nesting), 'EXPRESSION_TOO_LARGE'],
    [
      'prefix operators side by side',
      Array<string>(limits.nesting * 2)
        .fill('!a')
        .join('||'),
      'parsed',
    ],
    ['a long chain', Array<string>(limits.depth).fill('a').join('|'), 'parsed'],
    [
      'a longer chain',
      Array<string>(limits.depth + 1)
        .fill('a')
        .join('|'),
      'EXPRESSION_TOO_LARGE',
    ],
    ['a chain of thousands', Array<string>(20_000).fill('a').join('&&'), 'EXPRESSION_TOO_LARGE'],
    ['a chain of methods', `a.b()${'.c()'.repeat(limits.depth * 2)}`, 'EXPRESSION_TOO_LARGE'],
    ['a chain of calls', `a${'()'.repeat(30_000)}`, 'UNSUPPORTED_SYNTAX'],
    ['a chain of keys', `a${'["b"]'.repeat(10_000)}`, 'EXPRESSION_TOO_LARGE'],
    ['a name of thousands of parts', Array<string>(30_000).fill('a').join('.'), 'parsed'],
    ['many arguments', `f(${Array<string>(9_000).fill('a').join()})`, 'parsed'],
    ['too many arguments', `f(${Array<string>(11_000).fill('a').join()})`, 'EXPRESSION_TOO_LARGE'],
  ];
  for (const [name, source, expected] of sizes)
    it(`say ${expected} to ${name}`, () => assert.equal(outcome(source), expected));
});

describe('any text at all', () => {
  const tokens = [
    ...[
      's1',
      'm1',
      'b1',
      'nosuch',
      'true',
      'f',
      '__proto__',
      '.',
      ',',
      ':',
      ';',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '"k"',
      '`r`',
      "'c'",
      "'cc'",
    ],
    ...[
      '"',
      "'",
      '`',
      '\\',
      '1',
      '0x1',
      '1.5',
      '5.',
      ' ',
      '\n',
      '//',
      '/*',
      '*/',
      '$',
      '@',
      '?',
      '#',
      'é',
      '😀',
      '\ud800',
      '\0',
      'in',
      'func',
      'type',
    ],
    ...[
      '+',
      '-',
      '*',
      '/',
      '%',
      '&',
      '|',
      '^',
      '&^',
      '<<',
      '>>',
      '<-',
      '++',
      '--',
      '=',
      '==',
      '!=',
      '<=',
      '>=',
      '=>',
      '===',
      '&&',
      '||',
      '!',
      '...',
    ],
  ];
  it('is an expression or a CompileError, never an exception', () => {
    const vocabulary = newVocabulary();
    const source = fc.oneof(
      fc.array(fc.constantFrom(...tokens), { maxLength: 12 }).map((all) => all.join('')),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    fc.assert(
      fc.property(source, (text) => {
        const node = parseExpression(text);
        if (node instanceof CompileError) {
          assert.ok(node.line >= 1 && node.column >= 1 && node.message !== '');
          assert.ok(['PARSE_ERROR', 'UNSUPPORTED_SYNTAX'].includes(node.kind));
        } else {
          assert.equal(typeof printExpression(node), 'string');
          const checked = checkExpression(text, vocabulary);
          assert.ok(checked instanceof CompileError || checked.source === text);
        }
      }),
      { numRuns: 20_000 },
    );
  });
});
