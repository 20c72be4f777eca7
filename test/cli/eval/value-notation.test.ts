import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Duration, Timestamp, type Value } from '../../../src/attributes/index.js';
import { parseExactJson } from '../../../src/cli/eval/exact-json.js';
import { readValue, writeValue } from '../../../src/cli/eval/value-notation.js';

const cases: [json: string, value: Value][] = [
  ['"text"', 'text'],
  ['true', true],
  ['{"$int64":9223372036854775807}', 2n ** 63n - 1n],
  ['{"$int64":-9223372036854775808}', -(2n ** 63n)],
  ['{"$double":1.5}', 1.5],
  ['{"$double":10}', 10],
  ['{"$double":"NaN"}', NaN],
  ['{"$double":"-Infinity"}', -Infinity],
  ['{"$duration":"19ms"}', new Duration(0, 19_000_000)],
  ['{"$timestamp":"1999-12-31T23:59:00.000000001Z"}', new Timestamp(946_684_740, 1)],
  ['{"$bytes":"BAUGBw=="}', Uint8Array.of(4, 5, 6, 7)],
  [
    '{"$stringmap":{"__proto__":"x","a":""}}',
    new Map([
      ['__proto__', 'x'],
      ['a', ''],
    ]),
  ],
  ['{"$stringmap":null}', new Map()],
];

describe('the value notation', () => {
  for (const [json, value] of cases) {
    it(`reads ${json} and writes it again`, () => {
      assert.deepEqual(readValue(parseExactJson(json)), value);
      assert.equal(writeValue(value), json);
    });
  }

  it('reads an int64 written as text', () => assert.equal(readValue(parseExactJson('{"$int64":"-5"}')), -5n));
  it('writes an empty map that is no plain Map as an empty object', () => {
    const view = { size: 0, get: () => undefined, entries: () => new Map<string, string>().entries() };
    assert.equal(writeValue(view), '{"$stringmap":{}}');
  });
  it('keeps the sign of a negative zero', () => assert.equal(writeValue(-0), '{"$double":-0}'));

  for (const json of [
    '5',
    'null',
    '[]',
    '{}',
    '{"$int64":1,"$double":1}',
    '{"$nope":1}',
    '{"$int64":1.5}',
    '{"$int64":9223372036854775808}',
    '{"$duration":"soon"}',
    '{"$timestamp":"today"}',
    '{"$double":"1"}',
    '{"$stringmap":{"a":1}}',
    '{"__proto__":1}',
  ]) {
    it(`refuses ${json}`, () => assert.throws(() => readValue(parseExactJson(json)), TypeError));
  }
});
