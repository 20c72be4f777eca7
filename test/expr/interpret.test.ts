import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bag } from '../../src/attributes/index.js';
import { checkExpression, CompileError } from '../../src/expr/index.js';
import { interpretExpression } from '../../src/expr/interpret.js';
import { newVocabulary } from './random-expressions.js';

describe('interpretExpression()', () => {
  it('calls functions of any number of operands', () => {
    const vocabulary = newVocabulary();
    const checked = checkExpression('conditionalString(b1, s1, toLower("X")) + "!"', vocabulary);
    assert.ok(!(checked instanceof CompileError));
    const entries = [
      ['b1', false],
      ['s1', 'y'],
    ] as const;
    assert.equal(interpretExpression(checked)(Bag.fromValues(vocabulary, entries)), 'x!');
  });
});
