import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defineTemplate, Duration, f, type Template } from 'fairlead/sdk';
import { checknothing, kubernetes, metric, quota } from 'fairlead/templates';
import { assertAnswer } from '../../../src/testing/suite/assert-answer.js';

const checkWithOutput = defineTemplate({
  name: 'who',
  variety: 'CHECK_WITH_OUTPUT',
  displayName: 'Who',
  fields: {},
  output: { user: f.string, size: f.int64 },
});

const second = Duration.fromSeconds(1);
const args = { amount: 5n, bestEffort: false, deduplicationId: 'a' };

const good: readonly (readonly [Template, unknown])[] = [
  [metric, undefined],
  [checknothing, {}],
  [checknothing, { status: { code: 7, message: '' }, validDuration: second, validUseCount: -1 }],
  [quota, { amount: 5n, validDuration: second }],
  [kubernetes, {}],
  [kubernetes, { sourcePodIp: Uint8Array.of(1, 2, 3, 4), sourceLabels: new Map(), sourcePodName: undefined }],
  [checkWithOutput, { result: {}, output: { user: 'ann', size: 1n } }],
];

const bad: readonly (readonly [what: string, Template, unknown])[] = [
  ['something for a report', metric, {}],
  ['nothing for a check', checknothing, undefined],
  ['a code that is no integer', checknothing, { status: { code: '7', message: '' } }],
  ['a status without a message', checknothing, { status: { code: 7 } }],
  ['a duration that is a number', checknothing, { validDuration: 5 }],
  ['a negative duration', checknothing, { validDuration: Duration.fromSeconds(-1) }],
  ['a use count beyond 32 bits', checknothing, { validUseCount: 2 ** 31 }],
  ['a use count with a fraction', checknothing, { validUseCount: 1.5 }],
  ['an amount that is a number', quota, { amount: 5 }],
  ['a negative amount', quota, { amount: -1n }],
  ['a greater amount than asked for', quota, { amount: 6n }],
  ['an output that the template does not have', kubernetes, { podName: 'a' }],
  ['an output named like a property of all objects', kubernetes, { constructor: 'a' }],
  ['an output of another type', kubernetes, { sourcePodIp: '1.2.3.4' }],
  ['an address of three bytes', kubernetes, { sourcePodIp: Uint8Array.of(1, 2, 3) }],
  ['an output without a result', checkWithOutput, { output: {} }],
  ['a result without an output', checkWithOutput, { result: {} }],
  ['an integer that is a number', checkWithOutput, { result: {}, output: { size: 1 } }],
];

describe('assertAnswer()', () => {
  for (const [index, [template, answer]] of good.entries()) {
    test(`takes a sound answer for ${template.name} (${index})`, () => {
      assertAnswer(template, answer, args);
    });
  }

  for (const [what, template, answer] of bad) {
    test(`refuses ${what}`, () => assert.throws(() => assertAnswer(template, answer, args), assert.AssertionError));
  }

  test('counts a release by its size', () => {
    assertAnswer(quota, { amount: 5n }, { ...args, amount: -5n });
    assert.throws(() => assertAnswer(quota, { amount: 6n }, { ...args, amount: -5n }));
  });
});
