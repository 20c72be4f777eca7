import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Vocabulary } from '../../src/attributes/index.js';
import { Bag, EvalError, type Value } from '../../src/attributes/index.js';
import {
  checkExpression,
  type CheckedExpression,
  CompileError,
  compileExpression,
  compileRecord,
  type Engine,
  FieldError,
  type RecordField,
  type RecordShape,
} from '../../src/expr/index.js';
import { describeReferences } from './notation.js';
import { newVocabulary } from './random-expressions.js';

const engines: readonly Engine[] = ['compiled', 'interpreted'];

function check(source: string, vocabulary: Vocabulary): CheckedExpression {
  const checked = checkExpression(source, vocabulary);
  assert.ok(!(checked instanceof CompileError), checked instanceof CompileError ? checked.message : '');
  return checked;
}

function field(name: string, value: RecordField['value']): RecordField {
  return { name, path: `Path[${name}]`, value };
}

function plain(record: object): unknown {
  return Object.entries(record as Readonly<Record<string, unknown>>).map(([key, value]) => [
    key,
    typeof value === 'object' && value !== null && !(value instanceof Map) && !(value instanceof Uint8Array)
      ? plain(value)
      : value,
  ]);
}

function build(engine: Engine, fields: readonly RecordField[], bag: Bag): object {
  return compileRecord({ kind: 'record', fields }, engine)(bag);
}

for (const engine of engines) {
  describe(`compileRecord(), ${engine}`, () => {
    it('evaluates fields in order into an object with exactly these properties', () => {
      const vocabulary = newVocabulary();
      const fields = [
        field('text', check('s1 | "none"', vocabulary)),
        field('nothing', undefined),
        field('constant', { kind: 'constant', value: 'fixed' }),
        field('inner', {
          kind: 'record',
          fields: [field('count', check('i1', vocabulary)), field('on', check('b1', vocabulary))],
        }),
        field('size', check('size(s1 | "abc")', vocabulary)),
      ];
      const bag = Bag.fromValues(vocabulary, [
        ['i1', 7n],
        ['b1', true],
      ]);
      const record = build(engine, fields, bag);
      assert.deepEqual(plain(record), [
        ['text', 'none'],
        ['nothing', undefined],
        ['constant', 'fixed'],
        [
          'inner',
          [
            ['count', 7n],
            ['on', true],
          ],
        ],
        ['size', 3n],
      ]);
      assert.deepEqual(describeReferences(bag.captureReferences()), ['-s1', 'b1', 'i1']);
    });

    it('has nothing of Object.prototype', () => {
      const record = build(engine, [field('a', { kind: 'constant', value: 1 })], new Bag(newVocabulary()));
      assert.ok(!('toString' in record) && !('constructor' in record) && !('__proto__' in record));
      assert.equal(Object.prototype.isPrototypeOf.call(Object.prototype, record), false);
    });

    it('takes any name for a property, also those of Object.prototype', () => {
      const vocabulary = newVocabulary();
      const names = [
        '__proto__',
        'constructor',
        'toString',
        'hasOwnProperty',
        '',
        '0',
        'a-b',
        '"];//',
        '\u2028',
        'prototype',
      ];
      const record = build(
        engine,
        names.map((name) => field(name, { kind: 'constant', value: name })),
        new Bag(vocabulary),
      );
      assert.deepEqual(Object.keys(record).sort(), [...names].sort());
      for (const name of names) assert.equal(Object.getOwnPropertyDescriptor(record, name)?.value, name);
    });

    it('keeps a computed __proto__ an ordinary property', () => {
      const vocabulary = newVocabulary();
      const inner: RecordShape = { kind: 'record', fields: [field('x', check('s1', vocabulary))] };
      const record = build(engine, [field('__proto__', inner)], Bag.fromValues(vocabulary, [['s1', 'v']]));
      assert.deepEqual(Object.keys(record), ['__proto__']);
      assert.ok(!('x' in record));
    });

    it('stops at the first field without a value and names it', () => {
      const vocabulary = newVocabulary();
      const inner: RecordShape = {
        kind: 'record',
        fields: [
          field('ok', check('s1', vocabulary)),
          field('bad', check('i1', vocabulary)),
          field('later', check('b1', vocabulary)),
        ],
      };
      const bag = Bag.fromValues(vocabulary, [
        ['s1', 'v'],
        ['b1', true],
      ]);
      const error = build(engine, [field('inner', inner), field('after', check('d1', vocabulary))], bag);
      assert.ok(error instanceof FieldError);
      assert.deepEqual([error.path, error.error.kind, error.error.subject], ['Path[bad]', 'LOOKUP_FAILED', 'i1']);
      assert.deepEqual(describeReferences(bag.captureReferences()), ['-i1', 's1']);
    });

    it('names the field whose attribute has a wrong type or cannot be converted', () => {
      const vocabulary = newVocabulary();
      const fields = [field('a', check('ip(s1)', vocabulary)), field('b', check('m1["k"]', vocabulary))];
      const wrong = build(
        engine,
        fields,
        Bag.fromValues(vocabulary, [
          ['s1', 'no'],
          ['m1', 'text'],
        ]),
      );
      assert.ok(wrong instanceof FieldError);
      assert.deepEqual([wrong.path, wrong.error.kind], ['Path[a]', 'INVALID_IP_ADDRESS']);
      const mistyped = build(
        engine,
        fields,
        Bag.fromValues(vocabulary, [
          ['s1', '::1'],
          ['m1', 'text'],
        ]),
      );
      assert.ok(mistyped instanceof FieldError);
      assert.deepEqual([mistyped.path, mistyped.error.kind], ['Path[b]', 'ATTRIBUTE_VALUE_WRONG_TYPE']);
      const constant = build(engine, [field('c', check('ip("no")', vocabulary))], new Bag(vocabulary));
      assert.ok(constant instanceof FieldError && constant.path === 'Path[c]');
    });

    it('copies whole maps, so that the record outlives its bag', () => {
      const vocabulary = newVocabulary();
      const source = new Map([
        ['k', 'v'],
        ['__proto__', 'p'],
      ]);
      const bag = Bag.fromValues(vocabulary, [['m1', source]]);
      const record = build(
        engine,
        [field('labels', check('m1', vocabulary)), field('none', check('m2.long.name | emptyStringMap()', vocabulary))],
        bag,
      );
      bag.reset();
      const { labels, none } = record as { labels: unknown; none: unknown };
      assert.ok(labels instanceof Map && none instanceof Map && labels !== source);
      assert.deepEqual([...(labels as Map<string, string>)], [...source]);
    });

    it('gives every record of a shape the same layout', () => {
      const vocabulary = newVocabulary();
      const make = compileRecord(
        { kind: 'record', fields: [field('b', check('s1', vocabulary)), field('a', check('i1', vocabulary))] },
        engine,
      );
      const records = ['x', 'y'].map((text, index) =>
        make(
          Bag.fromValues(vocabulary, [
            ['s1', text],
            ['i1', BigInt(index)],
          ]),
        ),
      );
      assert.deepEqual(records.map(plain), [
        [
          ['b', 'x'],
          ['a', 0n],
        ],
        [
          ['b', 'y'],
          ['a', 1n],
        ],
      ]);
      assert.equal(Object.getPrototypeOf(records[0]), Object.getPrototypeOf(records[1]));
    });

    it('copes with thousands of fields', () => {
      const vocabulary = newVocabulary();
      const value = check('s1', vocabulary);
      const inner: RecordShape = {
        kind: 'record',
        fields: Array.from({ length: 5_000 }, (_, i) => field(`f${i}`, value)),
      };
      const record = build(engine, [field('inner', inner)], Bag.fromValues(vocabulary, [['s1', 'v']])) as {
        inner: object;
      };
      assert.equal(Object.keys(record.inner).length, 5_000);
      assert.equal((record.inner as Record<string, unknown>)['f4999'], 'v');
    });

    it('copes with as many fields as are generated', () => {
      const vocabulary = newVocabulary();
      const value = check('m1["k"] | s1', vocabulary);
      const fields = Array.from({ length: 1_000 }, (_, i) => field(`f${i}`, value));
      const record = build(engine, fields, Bag.fromValues(vocabulary, [['s1', 'v']]));
      assert.equal(Object.values(record).join(''), 'v'.repeat(1_000));
    });

    it('builds an empty record', () => assert.deepEqual(Object.keys(build(engine, [], new Bag(newVocabulary()))), []));
  });

  describe(`compileExpression(), ${engine}`, () => {
    const kinds: readonly (readonly [source: string, value: Value])[] = [
      ['s1', 'text'],
      ['i1', -1n],
      ['x1', 0.5],
      ['b1', false],
      ['e1', 'not checked'],
      ['u1', ':not checked'],
      ['n1', '-not checked-'],
      ['p1', Uint8Array.of(1, 2, 3)],
    ];
    for (const [source, value] of kinds)
      it(`hands out ${source} as it was sent`, () => {
        const vocabulary = newVocabulary();
        const evaluate = compileExpression(check(source, vocabulary), engine);
        assert.deepEqual(evaluate(Bag.fromValues(vocabulary, [[source, value]])), value);
        assert.ok(evaluate(new Bag(vocabulary)) instanceof EvalError);
      });

    it('does not record what an overlay answers', () => {
      const vocabulary = newVocabulary();
      const evaluate = compileExpression(check('s1 + m1["k"]', vocabulary), engine);
      const bag = Bag.fromValues(vocabulary, [['s1', 'sent']]);
      bag.overlay(vocabulary.slotOf('s1')!, 'laid');
      bag.overlay(vocabulary.slotOf('m1')!, new Map([['k', '!']]));
      assert.equal(evaluate(bag), 'laid!');
      assert.deepEqual(describeReferences(bag.captureReferences()), []);
    });
  });
}
