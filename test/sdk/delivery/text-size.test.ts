import assert from 'node:assert/strict';
import { it } from 'node:test';
import { textSize } from 'fairlead/sdk/delivery';

for (const [text, size] of [
  ['', 0],
  ['abc', 3],
  ['é', 2],
  // On the wire 1003, in memory two for each character.
  [`${'a'.repeat(1000)}中`, 2002],
  // In memory 4, on the wire 6.
  ['中中', 6],
] as const) {
  it(`gives ${JSON.stringify(text.slice(-3))}, of ${text.length} characters, a size of ${size}`, () => {
    assert.equal(textSize(text), size);
  });
}
