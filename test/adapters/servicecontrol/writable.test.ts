import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Timestamp } from 'fairlead/sdk';
import { cleanText, maxText, writableTime } from '../../../src/adapters/servicecontrol/writable.js';

describe('cleanText()', () => {
  it('cuts what is too long, between characters', () => {
    assert.equal(cleanText('x'.repeat(2 ** 20)), 'x'.repeat(maxText));
    assert.equal(cleanText(`${'x'.repeat(maxText - 1)}🙂`), 'x'.repeat(maxText - 1));
  });

  it('drops halves of characters', () => {
    assert.equal(cleanText('a\ud83db\ude42🙂'), 'ab🙂');
  });
});

describe('writableTime()', () => {
  it('is now for years that Google does not know, and where there is none', () => {
    const now = Date.UTC(2026, 0, 1);
    const year0 = new Timestamp(-62_167_219_200, 0);
    const year10000 = new Timestamp(253_402_300_800, 0);
    for (const time of [year0, year10000, undefined]) {
      assert.equal(writableTime(time, now).toString(), '2026-01-01T00:00:00Z');
    }
    assert.equal(writableTime(new Timestamp(-62_135_596_800, 0), now).toString(), '0001-01-01T00:00:00Z');
  });
});
