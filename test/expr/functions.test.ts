import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { standardFunctions } from '../../src/expr/index.js';
import { supports } from '../../src/expr/functions.js';

describe('standardFunctions', () => {
  it('are those of the language, operators by their internal names included', () =>
    assert.equal(
      [...standardFunctions.keys()].sort().join(' '),
      'ADD EQ GEQ GT INDEX LAND LEQ LOR LT NEQ OR conditional conditionalString dnsName email emptyStringMap endsWith ip ' +
        'match matches size startsWith timestamp toLower uri',
    ));
  it('either are operators or can be called', () => {
    for (const { operator, call } of standardFunctions.values())
      assert.notEqual(operator === undefined, call === undefined);
  });
});

describe('supports()', () => {
  it('limits comparison, equality and sums to types that have them', () => {
    assert.equal(supports('LT', 'TIMESTAMP'), true);
    assert.equal(supports('LT', 'URI'), false);
    assert.equal(supports('EQ', 'URI'), true);
    assert.equal(supports('EQ', 'STRING_MAP'), false);
    assert.equal(supports('ADD', 'TIMESTAMP'), false);
    assert.equal(supports('OR', 'STRING_MAP'), true);
  });
});
