import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatIp } from 'fairlead/sdk';
import { IpList } from '../../../src/adapters/listchecker/ip-list.js';
import { atOnce } from '../../../src/adapters/listchecker/steps.js';

function list(...entries: string[]): IpList {
  const made = atOnce(IpList.of(entries));
  assert.ok(typeof made !== 'string');
  return made;
}

describe('IpList.of()', () => {
  const bad = ['', 'a', '1.2.3.4/', '1.2.3.4/33', '1.2.3.4/-1', '1.2.3.4/8/8', '::/129', '1.2.3/8', ' ::1', '::g/3'];
  for (const text of [
    ...bad,
    '::ffff:1.2.3.4/95x',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8::',
    '12345::',
  ]) {
    test(`refuses "${text}", and all with it`, () => assert.equal(atOnce(IpList.of(['10.0.0.0/8', text, 'b'])), text));
  }

  test('takes an address alone for a range of one, in both families', () => {
    const one = list('1.2.3.4', '2001:db8::1');
    assert.deepEqual(
      ['1.2.3.3', '1.2.3.4', '1.2.3.5'].map((text) => one.has(text)),
      [false, true, false],
    );
    assert.deepEqual(
      ['2001:db8::', '2001:db8::1', '2001:db8::2'].map((text) => one.has(text)),
      [false, true, false],
    );
  });

  test('drops host bits', () => {
    const ranges = list('9.9.9.9/28', '2001:db8::ffff/112');
    assert.deepEqual(
      ['9.9.8.255', '9.9.9.0', '9.9.9.15', '9.9.9.16'].map((text) => ranges.has(text)),
      [false, true, true, false],
    );
    assert.equal(ranges.has('2001:db8::1'), true);
    assert.equal(ranges.has('2001:db8::1:0'), false);
  });

  test('takes ranges that lie within one another, in any order', () => {
    const ranges = list('10.1.1.1', '10.0.0.0/8', '10.1.0.0/16', '2001:db8:1::/48', '2001:db8::/32', '2001:db8::/32');
    assert.equal(ranges.has('10.200.0.0'), true);
    assert.equal(ranges.has('11.0.0.0'), false);
    assert.equal(ranges.has('2001:db8:ffff::'), true);
  });
});

describe('IpList', () => {
  test('finds addresses in ranges of several lengths', () => {
    const ranges = list('10.0.0.0/8', '192.168.1.0/24', '192.168.1.128/25', '0.0.0.0/32', '255.255.255.255');
    assert.equal(ranges.has('10.255.255.255'), true);
    assert.equal(ranges.has('192.168.1.7'), true);
    assert.equal(ranges.has('192.168.2.7'), false);
    assert.equal(ranges.has('0.0.0.0'), true);
    assert.equal(ranges.has('0.0.0.1'), false);
    assert.equal(ranges.has('255.255.255.255'), true);
    assert.equal(ranges.has('255.255.255.254'), false);
  });

  test('takes mapped addresses and ranges for IPv4', () => {
    assert.equal(list('::ffff:10.0.0.0/104').has('10.1.1.1'), true);
    assert.equal(list('10.0.0.0/8').has('::ffff:10.1.1.1'), true);
    assert.equal(list('10.0.0.0/8').has('::ffff:a01:101'), true);
    assert.equal(list('::/0').has('::ffff:10.1.1.1'), false);
    assert.equal(list('::ffff:0:0/95').has('10.1.1.1'), false);
    assert.equal(list('::/0').has('fe80::1'), true);
    assert.equal(list('0.0.0.0/0').has('::1'), false);
  });

  test('takes bytes for the address they are', () => {
    const ranges = list('10.0.0.0/8', '::1');
    assert.equal(ranges.hasAddress(Uint8Array.of(10, 1, 2, 3)), true);
    assert.equal(ranges.hasAddress(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 1, 2, 3)), true);
    assert.equal(ranges.hasAddress(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)), true);
    assert.equal(ranges.hasAddress(Uint8Array.of(10, 1)), undefined);
    assert.equal(ranges.hasAddress(new Uint8Array(0)), undefined);
  });

  test('says when a text is no address', () => assert.equal(list('::/0').has('host'), undefined));

  test('is empty without ranges', () => {
    assert.equal(list().has('1.2.3.4'), false);
    assert.equal(list().has('::1'), false);
  });
});

// Few distinct bytes, so that ranges meet, contain one another and have neighbours.
const octets = (count: number) =>
  fc.array(fc.constantFrom(0, 1, 2, 127, 128, 254, 255), { minLength: count, maxLength: count });
const ipv4 = octets(4).map((bytes) => bytes.join('.'));
const ipv6 = octets(16).map((bytes) => formatIp(Uint8Array.from([0x20, ...bytes.slice(1)])));

describe('IpList, whatever is in it,', () => {
  const agrees = (family: 'ipv4' | 'ipv6', address: fc.Arbitrary<string>, bits: number, least = 0): void => {
    const range = fc.tuple(address, fc.integer({ min: least, max: bits }));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 120 }), fc.array(address, { maxLength: 20 }), (ranges, addresses) => {
        const naive = new BlockList();
        for (const [first, length] of ranges) naive.addSubnet(first, length, family);
        const ours = list(...ranges.map(([first, length]) => `${first}/${length}`));
        for (const one of [...addresses, ...ranges.map(([first]) => first)]) {
          assert.equal(ours.has(one), naive.check(one, family), one);
        }
      }),
    );
  };

  test('covers the IPv4 addresses that one of its ranges covers', () => agrees('ipv4', ipv4, 32));
  // Node takes a length of 0 for a mistake in IPv6.
  test('covers the IPv6 addresses that one of its ranges covers', () => agrees('ipv6', ipv6, 128, 1));

  test('answers alike with so many ranges that it keeps an index of them', () => {
    const ranges = Array.from(
      { length: 5000 },
      (_, index) => `10.${index % 250}.${(index * 7) % 256}.${index % 256}/31`,
    );
    const naive = new BlockList();
    for (const range of ranges) naive.addSubnet(range.slice(0, -3), 31);
    naive.addSubnet('10.200.0.0', 13);
    const ours = list(...ranges, '10.200.0.0/13');
    for (let index = 0; index < 2000; index += 1) {
      const address = `10.${index % 256}.${(index * 7) % 256}.${(index * 3) % 256}`;
      assert.equal(ours.has(address), naive.check(address), address);
    }
    assert.equal(ours.has('255.255.255.255'), false);
    assert.equal(ours.has('0.0.0.0'), false);
  });
});
