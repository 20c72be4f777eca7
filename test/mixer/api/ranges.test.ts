import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WireReader } from '../../../src/attributes/index.js';
import { addRange, readRanges } from '../../../src/mixer/api/ranges.js';

const bytes = Buffer.from('abcdef');

describe('readRanges()', () => {
  for (const [ranges, text] of [
    [[], ''],
    [[[1, 3]], 'bc'],
    [
      [
        [4, 6],
        [0, 1],
        [2, 2],
      ],
      'efa',
    ],
  ] as const) {
    it(`reads ${JSON.stringify(ranges)} as '${text}'`, () => {
      let added: readonly number[] | undefined;
      for (const [start, end] of ranges) added = addRange(added, start, end);
      const { bytes: source, pos, end } = readRanges(new WireReader(bytes), added);
      assert.equal(Buffer.from(source.subarray(pos, end)).toString(), text);
    });
  }
});
