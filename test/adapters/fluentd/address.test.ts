import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddress } from '../../../src/adapters/fluentd/address.js';

describe('parseAddress()', () => {
  for (const [text, host, port] of [
    ['fluentd-es.logging:24224', 'fluentd-es.logging', 24_224],
    ['1.2.3.4:1234', '1.2.3.4', 1234],
    [':0', 'localhost', 0],
    ['[::1]:24224', '::1', 24_224],
  ] as const) {
    it(`reads ${text}`, () => {
      assert.deepEqual(parseAddress(text), { host, port });
    });
  }

  for (const text of ['', 'dummy', 'a:b', 'a:', '::1:24224', 'a:65536', 'http://a:1', '[::1]', 'a:1:2']) {
    it(`refuses "${text}"`, () => {
      assert.equal(parseAddress(text), undefined);
    });
  }
});
