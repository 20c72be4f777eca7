import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Duration, Timestamp, type Value } from '../../src/attributes/index.js';
import { textOfValue } from '../../src/attributes/value-text.js';

const cases: readonly (readonly [Value, string])[] = [
  ['text', 'text'],
  [20n, '20'],
  [1.5, '1.5'],
  [false, 'false'],
  [new Duration(0, 19_000_000), '19ms'],
  [new Timestamp(0, 0), '1970-01-01T00:00:00Z'],
  [Uint8Array.of(1, 2), '[1 2]'],
  [new Map([['a', 'b']]), 'map[a:b]'],
];

for (const [value, text] of cases) {
  it(`textOfValue() shows ${text}`, () => {
    assert.equal(textOfValue(value), text);
  });
}
