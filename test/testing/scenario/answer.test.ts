import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Bag, Vocabulary } from '../../../src/attributes/index.js';
import { Duration } from 'fairlead/sdk';
import { describeCheck } from '../../../src/testing/scenario/answer.js';

function references() {
  const vocabulary = new Vocabulary();
  const slots = ['a', 'b'].map((name) => vocabulary.define(name, 'STRING'));
  const keySlot = vocabulary.keySlot(vocabulary.define('m', 'STRING_MAP'), 'k');
  const bag = Bag.fromValues(vocabulary, [
    ['a', 'x'],
    ['m', new Map([['l', 'y']])],
  ]);
  for (const slot of slots) bag.string(slot);
  bag.key(keySlot);
  return bag.captureReferences();
}

const decision = {
  status: { code: 0, message: '' },
  validDuration: Duration.fromSeconds(90),
  validUseCount: 3,
  references: references(),
  directive: undefined,
  quotas: [],
};

describe('describeCheck()', () => {
  test('names status, validity and what was looked at', () => {
    assert.deepEqual(describeCheck(decision), {
      status: 'OK',
      validDuration: '1m30s',
      validUseCount: 3,
      referenced: ['a', '-b', 'm', '-m[k]'],
    });
  });

  test('shows codes that have no name as numbers', () => {
    const { status } = describeCheck({ ...decision, status: { code: 99, message: 'odd' } }) as { status: string };
    assert.equal(status, 'code 99 odd');
  });

  test('shows directives and quotas when there are any', () => {
    const directive = {
      requestHeaderOperations: [{ name: 'a', value: 'b', operation: 'APPEND' as const }],
      responseHeaderOperations: [],
      directResponseCode: 404,
      directResponseBody: 'gone',
    };
    const quota = { name: 'q', grantedAmount: 2n ** 60n, validDuration: Duration.zero };
    const quotas = [{ ...quota, status: { code: 8, message: 'h:none' }, references: references() }];
    const described = describeCheck({ ...decision, directive, quotas }) as Record<string, unknown>;
    assert.deepEqual(described['directive'], {
      requestHeaders: ['APPEND a: b'],
      responseHeaders: [],
      responseCode: 404,
      responseBody: 'gone',
    });
    assert.deepEqual(described['quotas'], {
      q: {
        granted: '1152921504606846976',
        validDuration: '0s',
        status: 'RESOURCE_EXHAUSTED h:none',
        referenced: ['a', '-b', 'm', '-m[k]'],
      },
    });
  });
});
