import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { suggest } from '../../src/config/suggest.js';

const names = ['maxAmount', 'validDuration', 'name', 'overrides', 'id'];

describe('suggest()', () => {
  for (const [word, name] of [
    ['maxAmout', 'maxAmount'],
    ['maxAmuont', 'maxAmount'],
    ['MAX-AMOUNT', 'maxAmount'],
    ['valid_durration', 'validDuration'],
    ['override', 'overrides'],
    ['nmae', 'name'],
    ['ID', 'id'],
  ] as const) {
    it(`takes ${word} for ${name}`, () => assert.equal(suggest(word, names), name));
  }

  for (const word of ['colour', 'ix', '', '__proto__', 'x'.repeat(10_000)]) {
    it(`suggests nothing for ${JSON.stringify(word.slice(0, 20))}`, () =>
      assert.equal(suggest(word, names), undefined));
  }
});
