import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cutToBytes, fitDimension } from '../../../src/adapters/cloudwatch/text.js';

describe('fitDimension()', () => {
  it('leaves printable ASCII alone', () => assert.equal(fitDimension('a: b~'), 'a: b~'));

  it('replaces what CloudWatch does not take', () => assert.equal(fitDimension('é\n\u0000x🙂'), '???x??'));

  it('cuts a megabyte to what a dimension holds', () => {
    assert.equal(fitDimension('v'.repeat(2 ** 20)), 'v'.repeat(1024));
  });

  it('gives nothing for what is blank', () => {
    for (const text of ['', '   ', ' '.repeat(2000)]) assert.equal(fitDimension(text), undefined);
  });
});

describe('cutToBytes()', () => {
  it('leaves what fits', () => {
    assert.equal(cutToBytes('é'.repeat(50), 100), 'é'.repeat(50));
  });

  it('cuts between characters and says so', () => {
    assert.equal(cutToBytes('a'.repeat(101), 100), `${'a'.repeat(86)}[Truncated...]`);
    assert.equal(cutToBytes('é'.repeat(51), 101), `${'é'.repeat(43)}[Truncated...]`);
    assert.equal(cutToBytes(`a${'🙂'.repeat(50)}`, 100), `a${'🙂'.repeat(21)}[Truncated...]`);
  });

  it('replaces halves of characters, which would have a whole call refused', () => {
    assert.equal(cutToBytes('a\ud83d b\ude42 🙂', 100), 'a\ufffd b\ufffd 🙂');
  });

  it('never exceeds the bytes', () => {
    for (const text of ['é', '€', '🙂', 'a€'].map((one) => one.repeat(200))) {
      for (let max = 50; max < 60; max += 1) {
        const cut = cutToBytes(text, max);
        assert.ok(Buffer.byteLength(cut) <= max, cut);
        assert.doesNotMatch(cut, /\ufffd/);
      }
    }
  });
});
