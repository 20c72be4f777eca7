import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { digestOf, readLines } from '../../../src/adapters/listchecker/body.js';
import { atOnce } from '../../../src/adapters/listchecker/steps.js';

const bodies: Readonly<Record<string, Uint8Array>> = {
  nothing: Buffer.from(''),
  'one line': Buffer.from('a'),
  'lines with ends of all kinds': Buffer.from('\n\na\r\n b \n'),
  'a mark at the start': Buffer.from('\ufeffa\nb'),
  'letters that lie across pieces': Buffer.from('x\u00e9\u20ac\u{1f600}\n'.repeat(100_000)),
  'one long line': Buffer.from('x'.repeat(1_000_000)),
  'a line over several pieces': Buffer.from(`a\n${'\u20ac'.repeat(300_000)}\nb`),
  'bytes that are no text': new Uint8Array(600_000).map((_, index) => Math.imul(index, 0x9e3779b1) >>> 24),
  'half a letter at the end': Buffer.from([0x61, 0x0a, 0xe2, 0x82]),
};

describe('readLines()', () => {
  for (const [what, body] of Object.entries(bodies)) {
    test(`gives what decoding and splitting in one give: ${what}`, () => {
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
      assert.deepEqual(atOnce(readLines(body)), text.split('\n'));
    });
  }
});

test('digestOf() is the digest of the whole', () => {
  for (const body of Object.values(bodies)) {
    assert.equal(atOnce(digestOf(body)), createHash('sha1').update(body).digest('hex'));
  }
});
