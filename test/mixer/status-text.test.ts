import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { statusText } from '../../src/mixer/status-text.js';

describe('statusText()', () => {
  it('leaves a text alone that fits', () => {
    const text = '2 errors occurred:\n\t* käse 😀\n';
    assert.equal(statusText(text), text);
    assert.equal(statusText('x'.repeat(6000)), 'x'.repeat(6000));
  });

  it('cuts what would be too long a header, between characters', () => {
    assert.equal(statusText('x'.repeat(6001)), `${'x'.repeat(6000)}...`);
    const cut = statusText('😀'.repeat(200_000));
    assert.match(cut, /^😀+\.\.\.$/u);
    assert.ok(encodeURI(cut).length <= 6003);
  });

  it('replaces unpaired surrogates, which no header can hold', () => {
    assert.equal(statusText('a\ud800b\udc00'), 'a\ufffdb\ufffd');
    assert.doesNotThrow(() => encodeURI(statusText(`${'x'.repeat(5999)}😀`)));
  });
});
