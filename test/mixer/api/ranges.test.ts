import assert from 'node:assert/strict';
import { it } from 'node:test';
import { concatRanges } from '../../../src/mixer/api/ranges.js';

const bytes = Buffer.from('abcdef');

for (const [ranges, text] of [
  [[], ''],
  [[1, 3], 'bc'],
  [[4, 6, 0, 1, 2, 2], 'efa'],
] as const) {
  it(`concatRanges() reads ${JSON.stringify(ranges)} as '${text}'`, () => {
    const { bytes: source, pos, end } = concatRanges(bytes, ranges);
    assert.equal(Buffer.from(source.subarray(pos, end)).toString(), text);
  });
}
