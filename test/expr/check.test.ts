import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bag, type Value, Vocabulary } from '../../src/attributes/index.js';
import {
  checkExpression,
  type CheckOptions,
  CompileError,
  compileExpression,
  type FunctionTable,
} from '../../src/expr/index.js';
import { newVocabulary } from './random-expressions.js';

const text = (value: string): string => value;

const functions: FunctionTable = new Map([
  [
    'reverse',
    {
      name: 'reverse',
      receiver: 'STRING',
      parameters: [],
      result: 'STRING',
      call: (value: string) => Array.from(value).reverse().join(''),
    },
  ],
  [
    'same',
    {
      name: 'same',
      receiver: 'VALUE_TYPE_UNSPECIFIED',
      parameters: ['VALUE_TYPE_UNSPECIFIED'],
      result: 'VALUE_TYPE_UNSPECIFIED',
      call: text,
    },
  ],
  [
    'size',
    {
      name: 'size',
      parameters: ['STRING_MAP'],
      result: 'INT64',
      call: (map: ReadonlyMap<string, string>) => BigInt(map.size),
    },
  ],
]);

function evaluate(source: string, entries: readonly (readonly [string, Value])[], options?: CheckOptions): unknown[] {
  const vocabulary = newVocabulary();
  const checked = checkExpression(source, vocabulary, options);
  if (checked instanceof CompileError) return [checked.kind];
  return (['compiled', 'interpreted'] as const).map((engine) =>
    compileExpression(checked, engine)(Bag.fromValues(vocabulary, entries)),
  );
}

describe('checkExpression()', () => {
  it('gives the type and the source', () => {
    const checked = checkExpression('s1 | "x"', newVocabulary());
    assert.ok(!(checked instanceof CompileError));
    assert.deepEqual([checked.type, checked.source], ['STRING', 's1 | "x"']);
  });

  it('reads attributes under the names that aliases give them', () => {
    const aliases = new Map([
      ['$out.name', 's1'],
      ['output.count', 'i1'],
    ]);
    assert.deepEqual(evaluate('$out.name', [['s1', 'x']], { aliases }), ['x', 'x']);
    assert.deepEqual(
      evaluate(
        'output.count + i2.long.name',
        [
          ['i1', 1n],
          ['i2.long.name', 2n],
        ],
        { aliases },
      ),
      [3n, 3n],
    );
    assert.deepEqual(evaluate('$out.other', [], { aliases }), ['UNKNOWN_ATTRIBUTE']);
    assert.deepEqual(evaluate('$out.name', []), ['PARSE_ERROR']);
  });

  it('names an alias as the source spells it when it is absent', () => {
    const [error] = evaluate('$out.name', [], { aliases: new Map([['$out.name', 's1']]) });
    assert.equal((error as { subject: string }).subject, '$out.name');
  });

  it('knows further functions, which may replace its own', () => {
    assert.deepEqual(evaluate('s1.reverse()', [['s1', 'abc']], { functions }), ['cba', 'cba']);
    assert.deepEqual(evaluate('size(m1)', [['m1', new Map([['a', 'b']])]], { functions }), [1n, 1n]);
    assert.deepEqual(evaluate('size(s1)', [], { functions }), ['ARG_TYPE_MISMATCH']);
    assert.deepEqual(evaluate('size(m1)', []), ['ARG_TYPE_MISMATCH']);
  });

  it('lets a receiver decide the type of the arguments', () => {
    assert.deepEqual(evaluate('s1.same("x")', [['s1', 'abc']], { functions }), ['abc', 'abc']);
    assert.deepEqual(evaluate('s1.same(1)', [], { functions }), ['ARG_TYPE_MISMATCH']);
  });

  it('gives constant keys a key slot, once', () => {
    const vocabulary = newVocabulary();
    checkExpression('m1["a"] == m1["a"] || m1["b"] == s1 || m1[s1] == (m1 | m1)["c"]', vocabulary);
    assert.deepEqual(
      vocabulary.keySlots.map(({ key }) => key),
      ['a', 'b'],
    );
  });

  it('takes an attribute without a type for unknown', () => {
    const vocabulary = new Vocabulary();
    vocabulary.define('a', 'VALUE_TYPE_UNSPECIFIED');
    const checked = checkExpression('a', vocabulary);
    assert.ok(checked instanceof CompileError);
    assert.equal(checked.kind, 'UNKNOWN_ATTRIBUTE');
  });

  it('finds operators without code after all type errors', () => {
    assert.deepEqual(evaluate('(b1 + b1) || nosuch', []), ['UNKNOWN_ATTRIBUTE']);
    assert.deepEqual(evaluate('(b1 + b1) || (d1 == d1)', []), ['OPERATION_UNSUPPORTED_FOR_TYPE']);
  });
});
