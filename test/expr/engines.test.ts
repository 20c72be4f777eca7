import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Bag, type Value, type Vocabulary } from '../../src/attributes/index.js';
import {
  checkExpression,
  type CheckedExpression,
  CompileError,
  compileExpression,
  compileRecord,
  FieldError,
  type RecordShape,
} from '../../src/expr/index.js';
import { describeReferences, describeValue } from './notation.js';
import { anyAttributes, anyExpression, newVocabulary } from './random-expressions.js';

const expressions = 10_000;
const bagsPerExpression = 10;
const records = 1_000;

describe('compiled and interpreted engines', () => {
  it(`agree on ${expressions * bagsPerExpression} random expressions and bags`, () => {
    const attributes = fc.array(anyAttributes, { minLength: bagsPerExpression, maxLength: bagsPerExpression });
    fc.assert(
      fc.property(anyExpression, attributes, (source, bags) => {
        const vocabulary = newVocabulary();
        const checked = mustCheck(source, vocabulary);
        const compiled = compileExpression(checked, 'compiled');
        const interpreted = compileExpression(checked, 'interpreted');
        for (const entries of bags) {
          const actual = observe(compiled, vocabulary, entries);
          const expected = observe(interpreted, vocabulary, entries);
          assert.equal(actual, expected);
        }
      }),
      { numRuns: expressions },
    );
  });

  it(`agree on ${records} random records`, () => {
    const fields = fc.array(anyExpression, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fields, anyAttributes, (sources, entries) => {
        const vocabulary = newVocabulary();
        const inner = toShape(sources.slice(1).map((source) => mustCheck(source, vocabulary)));
        const outer: RecordShape = {
          kind: 'record',
          fields: [
            { name: 'inner', path: 'Inner', value: inner },
            { name: 'last', path: 'Last', value: mustCheck(sources[0]!, vocabulary) },
          ],
        };
        const [actual, expected] = (['compiled', 'interpreted'] as const).map((engine) => {
          const build = compileRecord(outer, engine);
          const bag = Bag.fromValues(vocabulary, entries);
          return `${describeRecord(build(bag))} ${describeReferences(bag.captureReferences()).join()}`;
        });
        assert.equal(actual, expected);
      }),
      { numRuns: records },
    );
  });
});

function mustCheck(source: string, vocabulary: Vocabulary): CheckedExpression {
  const checked = checkExpression(source, vocabulary);
  assert.ok(!(checked instanceof CompileError), `${source}: ${checked instanceof CompileError ? checked.message : ''}`);
  return checked;
}

function observe(
  evaluate: ReturnType<typeof compileExpression>,
  vocabulary: Vocabulary,
  entries: readonly (readonly [string, Value])[],
): string {
  const bag = Bag.fromValues(vocabulary, entries);
  const value = describeValue(evaluate(bag));
  return `${value} ${describeReferences(bag.captureReferences()).join()}`;
}

function toShape(values: readonly CheckedExpression[]): RecordShape {
  return {
    kind: 'record',
    fields: values.map((value, index) => ({ name: `f${index}`, path: `Inner.F${index}`, value })),
  };
}

function describeRecord(value: unknown): string {
  if (value instanceof FieldError) return `${value.path}: ${describeValue(value.error)}`;
  if (
    value !== null &&
    typeof value === 'object' &&
    Object.getPrototypeOf(Object.getPrototypeOf(value) ?? value) === null
  )
    if (!(Symbol.iterator in value) && !('nanos' in value))
      return `{${Object.entries(value)
        .map(([key, field]) => `${key}: ${describeRecord(field)}`)
        .join()}}`;
  return describeValue(value as Value);
}
