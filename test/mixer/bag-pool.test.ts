import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { Vocabulary } from '../../src/attributes/index.js';
import { BagPool } from '../../src/mixer/bag-pool.js';

describe('BagPool', () => {
  it('hands out a bag that was given back, and never one bag twice', () => {
    const pool = new BagPool();
    const vocabulary = new Vocabulary();
    const bag = pool.take(vocabulary);
    assert.notEqual(pool.take(vocabulary), bag);
    pool.give(bag);
    assert.equal(pool.take(vocabulary), bag);
    assert.notEqual(pool.take(vocabulary), bag);
  });

  it('forgets the bags of an older vocabulary', () => {
    const pool = new BagPool();
    const [old, young] = [new Vocabulary(), new Vocabulary()];
    const bag = pool.take(old);
    pool.give(bag);
    assert.equal(pool.take(young).vocabulary, young);
    pool.give(bag);
    assert.equal(pool.take(young).vocabulary, young);
  });
});
