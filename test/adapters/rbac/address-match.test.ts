import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseIp } from 'fairlead/sdk';
import { compileAddress } from '../../../src/adapters/rbac/address-match.js';

const matches = (pattern: string, address: string): boolean | undefined => compileAddress(pattern)?.(parseIp(address)!);

describe('compileAddress', () => {
  const table: readonly (readonly [pattern: string, address: string, matches: boolean])[] = [
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['10.1.2.3', '::ffff:10.1.2.3', true],
    ['10.1.0.0/16', '10.1.255.255', true],
    ['10.1.0.0/16', '10.2.0.0', false],
    ['10.1.2.3/16', '10.1.0.0', true],
    ['10.0.0.0/9', '10.127.0.1', true],
    ['10.0.0.0/9', '10.128.0.1', false],
    ['0.0.0.0/0', '255.1.1.1', true],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '10.0.0.1', false],
    ['::/0', '2001:db8::1', true],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['*', '2001:db8::1', true],
  ];
  for (const [pattern, address, expected] of table) {
    it(`${expected ? 'finds' : 'does not find'} ${address} in ${pattern}`, () => {
      assert.equal(matches(pattern, address), expected);
    });
  }

  it('knows texts that are no address', () => {
    for (const text of ['', 'a', '10.1.*', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '::/129', '10.0.0/8']) {
      assert.equal(compileAddress(text), undefined, text);
    }
  });
});
