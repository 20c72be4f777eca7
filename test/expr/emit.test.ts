import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Bag, EvalError, type Value, Vocabulary } from '../../src/attributes/index.js';
import { checkExpression, CompileError, compileExpression, limits } from '../../src/expr/index.js';
import { codeGenerationAllowed, emitExpression } from '../../src/expr/emit.js';
import { newVocabulary } from './random-expressions.js';

function emit(source: string, vocabulary = newVocabulary()): ReturnType<typeof emitExpression> {
  const checked = checkExpression(source, vocabulary);
  assert.ok(!(checked instanceof CompileError), checked instanceof CompileError ? checked.message : '');
  return emitExpression(checked);
}

function both(source: string, entries: readonly (readonly [string, Value])[]): unknown[] {
  const vocabulary = newVocabulary();
  const checked = checkExpression(source, vocabulary);
  assert.ok(!(checked instanceof CompileError), checked instanceof CompileError ? checked.message : '');
  return (['compiled', 'interpreted'] as const).map((engine) =>
    compileExpression(checked, engine)(Bag.fromValues(vocabulary, entries)),
  );
}

describe('generated code', () => {
  it('carries what users wrote as string literals only', () => {
    const hostile = '`"); throw new Error("out"); //${process.exit()}\\`'.replaceAll('`', '');
    const quoted = JSON.stringify(hostile);
    for (const source of [
      `s1 == ${quoted}`,
      `m1[${quoted}] == ""`,
      `${quoted}.matches(s1)`,
      `match(s1, ${quoted})`,
      `s1.endsWith(${quoted})`,
    ]) {
      const vocabulary = newVocabulary();
      const evaluate = emit(source, vocabulary);
      const code = evaluate.toString();
      assert.ok(!code.replaceAll(quoted, '').includes('throw'), code);
      const bag = Bag.fromValues(vocabulary, [
        ['s1', 'x'],
        ['m1', new Map()],
      ]);
      const value = evaluate(bag);
      // As a regular expression it is malformed.
      assert.ok(typeof value === 'boolean' || (value instanceof EvalError && value.kind === 'INVALID_REGEX'));
    }
  });

  it('survives line separators and lone surrogates', () => {
    assert.deepEqual(both('s1 == "\u2028\u2029\ud800"', [['s1', '\u2028\u2029\ud800']]), [true, true]);
  });

  it('returns one and the same error for every absent value of a place', () => {
    const vocabulary = newVocabulary();
    const evaluate = emit('s1', vocabulary);
    const bag = new Bag(vocabulary);
    assert.ok(evaluate(bag) instanceof EvalError);
    assert.equal(evaluate(bag), evaluate(bag));
  });

  it('neither throws, nor makes closures, nor tells errors apart by instanceof', () => {
    const code = emit('(s1 | m1["a"] | "x") == s1 && ip(s1) == p1').toString();
    assert.doesNotMatch(code, /throw|=>|instanceof|try/);
    assert.equal(code.match(/function/g)?.length, 1);
  });

  it('compares addresses with a constant that was parsed beforehand', () => {
    const code = emit('p1 == ip("10.0.0.1")').toString();
    assert.doesNotMatch(code, /10\.0/);
    assert.deepEqual(both('p1 == ip("10.0.0.1")', [['p1', Uint8Array.of(10, 0, 0, 1)]]), [true, true]);
  });

  it('fails when it runs, not when it is made, if a constant call fails', () => {
    const [error, other] = both('p1 | ip("no")', []) as [EvalError, EvalError];
    assert.deepEqual([error.kind, error.subject, other.kind], ['INVALID_IP_ADDRESS', 'no', 'INVALID_IP_ADDRESS']);
    assert.ok(both('p1 | ip("no")', [['p1', new Uint8Array(4)]])[0] instanceof Uint8Array);
  });

  it('tests long and short prefixes and suffixes alike', () => {
    const long = 'x'.repeat(40);
    for (const part of ['', 'a', 'abc', long]) {
      const entries = [['s1', `${part}-${part}`] as const, ['s2.long.name', part.slice(1)] as const];
      assert.deepEqual(both(`s1.startsWith("${part}") && s1.endsWith("${part}")`, entries), [true, true]);
      assert.deepEqual(both(`s2.long.name.startsWith("${part}")`, entries), [part === '', part === '']);
    }
  });
});

describe('expressions at the limits', () => {
  const chain = (operand: string, operator: string): string => Array<string>(limits.depth).fill(operand).join(operator);
  const nested = (open: string, middle: string, close: string, depth = limits.nesting): string =>
    `${open.repeat(depth)}${middle}${close.repeat(depth)}`;
  const cases: readonly (readonly [name: string, source: string, expected: unknown])[] = [
    ['a chain of |', chain('s2.long.name', '|').replace(/s2\.long\.name$/, 's1'), 'a'],
    ['a chain of &&', chain('b1', '&&'), true],
    ['a chain of ||', chain('b1', '||'), true],
    ['a chain of +', chain('i1', '+'), BigInt(limits.depth)],
    ['a chain of texts', chain('s1', '+'), 'a'.repeat(limits.depth)],
    ['a chain of ==', chain('b1', '=='), true],
    ['nested fallbacks', nested('(s2.long.name|', 's1', ')'), 'a'],
    ['nested conditions', nested('conditional(b1,', 's1', ',"")'), 'a'],
    ['nested conditions of conditions', nested('conditional(', 'b1', ',b1,b1)'), true],
    ['nested calls', nested('toLower(', 's1', ')'), 'a'],
    ['nested keys', nested('m1[', '"k"', ']'), 'k'],
  ];
  for (const [name, source, expected] of cases)
    it(`work for ${name} in both engines`, () => {
      const entries = [
        ['s1', 'a'],
        ['b1', true],
        ['i1', 1n],
        ['m1', new Map([['k', 'k']])],
      ] as const;
      assert.deepEqual(both(source, entries), [expected, expected]);
    });
});

describe('codeGenerationAllowed()', () => {
  it('is true here', () => assert.equal(codeGenerationAllowed(), true));

  it('is false where the process forbids it, and the interpreter takes over', () => {
    const script = `
      import { Bag, Vocabulary } from './src/attributes/index.ts';
      import { checkExpression, codeGenerationAllowed, compileExpression, compileRecord } from './src/expr/index.ts';
      const vocabulary = new Vocabulary();
      vocabulary.define('a', 'STRING');
      const value = checkExpression('a + "!"', vocabulary);
      const shape = { kind: 'record', fields: [{ name: 'x', path: 'X', value }] };
      const bag = Bag.fromValues(vocabulary, [['a', 'hi']]);
      console.log(codeGenerationAllowed(), compileExpression(value, 'compiled')(bag), compileRecord(shape)(bag).x);`;
    const output = execFileSync(
      process.execPath,
      [
        '--disallow-code-generation-from-strings',
        '--import',
        'tsx',
        '--conditions=fairlead-source',
        '--input-type=module',
        '-e',
        script,
      ],
      { cwd: join(import.meta.dirname, '../..'), encoding: 'utf8' },
    );
    assert.equal(output.trim(), 'false hi! hi!');
  });
});

describe('attributes that are called like properties of objects', () => {
  it('are just attributes', () => {
    const vocabulary = new Vocabulary();
    for (const name of ['__proto__', 'constructor', 'toString']) vocabulary.define(name, 'STRING');
    for (const engine of ['compiled', 'interpreted'] as const) {
      const checked = checkExpression('constructor | __proto__ | toString', vocabulary);
      assert.ok(!(checked instanceof CompileError));
      const value = compileExpression(checked, engine)(new Bag(vocabulary));
      assert.ok(value instanceof EvalError && value.subject === 'toString');
    }
  });
});
