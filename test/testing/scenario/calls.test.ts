import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseCalls } from '../../../src/testing/scenario/calls.js';

describe('parseCalls()', () => {
  test('reads checks with quotas, reports and pauses', () => {
    const calls = parseCalls(`
- check: { a: x, b: 7, __proto__: { c: d } }
  quotas: { q: 5, r: { amount: -1, bestEffort: true } }
  deduplicationId: same
- check:
- report: [{ a: x }, {}]
- advance: 1.5s
`);
    assert.deepEqual(calls, [
      {
        kind: 'check',
        attributes: new Map<string, unknown>([
          ['a', 'x'],
          ['b', 7n],
          ['__proto__', new Map([['c', 'd']])],
        ]),
        quotas: [
          { name: 'q', amount: 5n, bestEffort: false },
          { name: 'r', amount: -1n, bestEffort: true },
        ],
        deduplicationId: 'same',
      },
      { kind: 'check', attributes: new Map(), quotas: [], deduplicationId: undefined },
      { kind: 'report', sets: [new Map([['a', 'x']]), new Map()] },
      { kind: 'advance', millis: 1500 },
    ]);
  });

  const bad: readonly (readonly [string, RegExp])[] = [
    ['check: {}', /must be a list/],
    ['- 7', /call 1: a call must be a map/],
    ['- check: {}\n- chekc: {}', /call 2: "chekc" is not known here/],
    ['- check: {}\n  quota: { q: 1 }', /"quota" is not known here/],
    ['- check: {}\n  quotas: { q: many }', /amount of quota "q"/],
    ['- check: {}\n  quotas: { q: { amount: 1.5 } }', /amount of quota "q"/],
    ['- check: [a]', /attributes must be a map/],
    ['- report: { a: b }', /must be a list of attribute sets/],
    ['- advance: soon', /must be a duration/],
  ];
  for (const [text, message] of bad) {
    test('merges what an earlier set has in common', () => {
      const [, call] = parseCalls('- check: &first { a: x, b: y }\n- check: { <<: *first, b: z }\n');
      assert.ok(call?.kind === 'check');
      assert.deepEqual(Object.fromEntries(call.attributes), { a: 'x', b: 'z' });
    });

    test(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseCalls(text), message));
  }
});
