import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatIp, parseIp, toIpv6 } from 'fairlead/sdk';

const bytes = (...groups: number[]): Uint8Array => Uint8Array.from(groups.flatMap((g) => [g >> 8, g & 0xff]));

describe('formatIp()', () => {
  const rows: readonly (readonly [Uint8Array, string])[] = [
    [Uint8Array.of(0, 0, 0, 0), '0.0.0.0'],
    [Uint8Array.of(255, 255, 255, 255), '255.255.255.255'],
    [bytes(0, 0, 0, 0, 0, 0xffff, 0x0102, 0x0304), '1.2.3.4'],
    [bytes(0, 0, 0, 0, 0, 0, 0, 0), '::'],
    [bytes(0, 0, 0, 0, 0, 0, 0, 1), '::1'],
    [bytes(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xab), '2001:db8::ab'],
    [bytes(1, 0, 0, 2, 0, 0, 3, 4), '1::2:0:0:3:4'],
    [bytes(1, 0, 2, 0, 0, 0, 3, 4), '1:0:2::3:4'],
    [bytes(1, 0, 2, 3, 4, 5, 6, 7), '1:0:2:3:4:5:6:7'],
    [bytes(1, 2, 3, 4, 5, 6, 0, 0), '1:2:3:4:5:6::'],
    [Uint8Array.of(), '<nil>'],
    [Uint8Array.of(0xab, 1), '?ab01'],
  ];
  for (const [address, text] of rows) test(`writes ${text}`, () => assert.equal(formatIp(address), text));
});

describe('parseIp()', () => {
  const good = ['0.0.0.0', '1.2.3.4', '::', '::1', '2001:db8::ab', '1::2:0:0:3:4', '1:0:2:3:4:5:6:7', '1:2:3:4:5:6::'];
  for (const text of good) {
    test(`reads ${text}`, () => assert.equal(formatIp(parseIp(text) ?? Uint8Array.of()), text));
  }

  test('reads an IPv4 tail and capitals', () => {
    assert.deepEqual(parseIp('::FFFF:1.2.3.4'), toIpv6(Uint8Array.of(1, 2, 3, 4)));
    assert.deepEqual(parseIp('1:2:3:4:5:6:1.2.3.4'), bytes(1, 2, 3, 4, 5, 6, 0x0102, 0x0304));
  });

  const bad = [
    ...['', '1', '1.2.3', '1.2.3.4.5', '1.2.3.256', '1.2.3.-4', ' 1.2.3.4', '1.2.3.4 ', '0x1.2.3.4', '1..2.3'],
    ...[':', ':::', '1::2::3', '1:2:3', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7::8', '12345::', 'g::', '1:2:3:4:5:6:7:'],
    ...['1.2.3.4::', '::1.2.3.4:5', 'fe80::1%eth0', '::1/128'],
  ];
  for (const text of bad) test(`refuses "${text}"`, () => assert.equal(parseIp(text), undefined));
});

describe('toIpv6()', () => {
  test('maps four bytes, keeps sixteen, refuses others', () => {
    assert.deepEqual(toIpv6(Uint8Array.of(1, 2, 3, 4)), bytes(0, 0, 0, 0, 0, 0xffff, 0x0102, 0x0304));
    const wide = bytes(1, 2, 3, 4, 5, 6, 7, 8);
    assert.equal(toIpv6(wide), wide);
    assert.equal(toIpv6(Uint8Array.of(1)), undefined);
  });
});
