import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { settles } from '../../../src/testing/suite/settles.js';

describe('settles()', () => {
  test('passes values and failures on', async () => {
    assert.equal(await settles(Promise.resolve(7), 'it'), 7);
    await assert.rejects(settles(Promise.reject(new Error('no')), 'it'), /^Error: no$/);
  });

  test('rejects when nothing comes of it', async () => {
    await assert.rejects(settles(new Promise(() => undefined), 'it', { millis: 1 }), /it does not settle within 1 ms/);
  });
});
