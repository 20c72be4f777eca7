import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOfValue, isHost, isTarget, isToken } from '../../../src/proxy/http1/octets.js';

const all = Array.from({ length: 300 }, (_, code) => String.fromCharCode(code));

test('each octet is allowed where the standards allow it', () => {
  for (const octet of all) {
    const label = JSON.stringify(octet);
    assert.equal(isToken(octet), /^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/.test(octet), label);
    assert.equal(isTarget(octet), /^[\x21-\x7e\x80-\xff]$/.test(octet), label);
    assert.equal(isHost(octet), /^[-._~!$&'()*+,;=:[\]%0-9A-Za-z]$/.test(octet), label);
    assert.equal(endOfValue(octet, 0), /^[\t\x20-\x7e\x80-\xff]$/.test(octet) ? 1 : 0, label);
  }
});

test('only a host may be empty', () => {
  assert.deepEqual([isToken(''), isTarget(''), isHost('')], [false, false, true]);
});
