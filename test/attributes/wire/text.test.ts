import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { textOf } from '../../../src/attributes/wire/text.js';

function text(bytes: Uint8Array): string {
  return textOf(new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.length);
}

describe('textOf()', () => {
  it('decodes as Node does, also what is no UTF-8, also the second time', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.string({ unit: 'grapheme', maxLength: 40 }).map((value) => new Uint8Array(Buffer.from(value))),
      fc.string({ maxLength: 6 }).map((value) => new Uint8Array(Buffer.from(value))),
    );
    fc.assert(
      fc.property(bytes, (value) => {
        for (let time = 0; time < 2; time++) assert.equal(text(value), Buffer.from(value).toString());
      }),
      { numRuns: 3000 },
    );
  });

  it('tells apart texts that meet in its table', () => {
    // More texts than the table has places, each asked for again after all the others.
    const texts = Array.from({ length: 20_000 }, (_, i) => `word ${i}`);
    for (let time = 0; time < 2; time++) for (const value of texts) assert.equal(text(Buffer.from(value)), value);
  });

  it('tells apart texts that differ in one byte', () => {
    for (let length = 1; length <= 70; length++) {
      const bytes = Buffer.alloc(length, 97);
      text(bytes);
      for (let at = 0; at < length; at++) {
        const other = Buffer.from(bytes);
        other[at] = 98;
        assert.equal(text(other), other.toString());
      }
    }
  });
});
