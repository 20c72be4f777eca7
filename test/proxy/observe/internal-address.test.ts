import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isInternalAddress, isLoopback } from '../../../src/proxy/observe/internal-address.js';

describe('an address of the inside', () => {
  for (const host of ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '127.0.0.1', '::1', 'fd00::1']) {
    it(`is ${host}`, () => assert.equal(isInternalAddress(host), true));
  }

  it('may be written as one of version 6', () => assert.equal(isInternalAddress('::ffff:10.0.0.1'), true));

  for (const host of ['8.8.8.8', '172.32.0.1', '172.15.0.1', '11.0.0.1', '192.169.0.1', '2001:db8::1', 'fe80::1']) {
    it(`is not ${host}`, () => assert.equal(isInternalAddress(host), false));
  }
});

it('loopback is known in both versions', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) assert.equal(isLoopback(host), true);
  for (const host of ['10.0.0.1', '::2']) assert.equal(isLoopback(host), false);
});
