import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isUsable, isWithin, rangeOf, subnetKey } from '../../../../src/pilot/build/envoy/address.js';
import { viewOf } from '../../support.js';

describe('subnets', () => {
  for (const [one, other] of [
    ['10.0.0.1', '10.0.0.1/32'],
    ['10.0.0.0/8', '10.255.1.2/8'],
    ['0.0.0.0/0', '1.2.3.4/0'],
    ['fd00::/8', 'fd12:3::4/8'],
    ['::1', '0:0:0:0:0:0:0:1/128'],
    ['1:2:3:4:5:6:7:8/16', '1::/16'],
  ] as const) {
    it(`are the same: ${one} and ${other}`, () => assert.equal(subnetKey(one), subnetKey(other)));
  }

  for (const [one, other] of [
    ['10.0.0.1', '10.0.0.2'],
    ['10.0.0.0/8', '10.0.0.0/9'],
    ['0.0.0.0/0', '::/0'],
    ['fd00::', 'fd00::1'],
  ] as const) {
    it(`are others: ${one} and ${other}`, () => assert.notEqual(subnetKey(one), subnetKey(other)));
  }

  it('are within others', () => {
    for (const [inner, outer] of [
      ['10.0.0.1', '10.0.0.0/8'],
      ['10.1.0.0/16', '10.0.0.0/8'],
      ['10.0.0.1', '10.0.0.1'],
      ['1.2.3.4', '0.0.0.0/0'],
      ['fd00::1', 'fd00::/8'],
    ] as const) {
      assert(isWithin(inner, outer), inner);
      assert.equal(isWithin(outer, inner), subnetKey(inner) === subnetKey(outer));
    }
    assert(!isWithin('10.0.0.1', '::/0'));
    assert(!isWithin('11.0.0.1', '10.0.0.0/8'));
  });

  it('have as many bits as they say', () => {
    assert.deepEqual(rangeOf('10.0.0.0/8'), { addressPrefix: '10.0.0.0', prefixLen: 8 });
    assert.deepEqual(rangeOf('fd00::1'), { addressPrefix: 'fd00::1', prefixLen: 128 });
  });

  it('can be used when they are some, and of a kind that the machine has', () => {
    const four = { view: viewOf('', { ips: ['10.0.0.1'] }), options: {} };
    const six = { view: viewOf('', { ips: ['10.0.0.1', 'fd00::1'] }), options: {} };
    for (const subnet of ['', 'a.example.com', '10.0.0.1/33', '10.0.0.1/x', '1.2.3'])
      assert(!isUsable(subnet, six), subnet);
    assert.deepEqual(
      [isUsable('10.1.0.0/16', four), isUsable('fd00::/8', four), isUsable('fd00::/8', six)],
      [true, false, true],
    );
  });
});
