import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EvalError } from '../../src/attributes/index.js';
import { chain, constantText, fold, isAlwaysPresent } from '../../src/expr/analysis.js';
import { checkExpression, CompileError } from '../../src/expr/index.js';
import type { TypedNode } from '../../src/expr/typed.js';
import { newVocabulary } from './random-expressions.js';

function typed(source: string): TypedNode {
  const checked = checkExpression(source, newVocabulary());
  assert.ok(!(checked instanceof CompileError));
  return checked.root;
}

describe('fold()', () => {
  it('computes pure functions of constants', () => assert.equal(fold(typed('size(toLower("ABC"))')), 3n));
  it('gives the failure of a constant call', () => assert.ok(fold(typed('ip("no")')) instanceof EvalError));
  it('passes on the failure of an inner call', () => assert.ok(fold(typed('"(".matches("x")')) instanceof EvalError));
  it('leaves alone what needs a bag, and operators', () => {
    assert.equal(fold(typed('size(s1)')), undefined);
    assert.equal(fold(typed('1 + 2')), undefined);
  });
});

describe('constantText()', () => {
  it('is the text of constants', () => {
    assert.equal(constantText(typed('toLower("A")')), 'a');
    assert.equal(constantText(typed('s1')), undefined);
  });
});

describe('chain()', () => {
  it('lists operands left to right, however they are nested', () => {
    const node = typed('(b1 || b2.long.name) || ((b1 || true) || (b1 && false))');
    assert.ok(node.kind === 'call');
    assert.deepEqual(
      chain(node, 'LOR').map((operand) => operand.kind),
      ['attribute', 'attribute', 'attribute', 'constant', 'call'],
    );
  });
});

describe('isAlwaysPresent()', () => {
  it('is true of all but attributes, keys and fallbacks', () => {
    assert.deepEqual(
      ['s1', 'm1["a"]', 's1 | "a"', '"a"', 's1 + s1', 'toLower(s1)', 'conditional(b1, s1, s1)'].map((source) =>
        isAlwaysPresent(typed(source)),
      ),
      [false, false, false, true, true, true, true],
    );
  });
});
