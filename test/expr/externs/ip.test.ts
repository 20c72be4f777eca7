import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EvalError } from '../../../src/attributes/index.js';
import { equalIps, parseIp } from '../../../src/expr/externs/ip.js';

const hex = (text: string): string => {
  const address = parseIp(text);
  return address instanceof EvalError ? address.kind : Buffer.from(address).toString('hex');
};
const v4 = Uint8Array.of(10, 1, 2, 3);

describe('parseIp()', () => {
  const good: readonly (readonly [string, string])[] = [
    ['10.1.2.3', '00000000000000000000ffff0a010203'],
    ['0.0.0.0', '00000000000000000000ffff00000000'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['2001:DB8::A', '20010db800000000000000000000000a'],
    ['::ffff:10.1.2.3', '00000000000000000000ffff0a010203'],
    ['::10.1.2.3', '0000000000000000000000000a010203'],
    ['1:2:3:4:5:6:10.1.2.3', '0001000200030004000500060a010203'],
    ['64:ff9b::10.1.2.3', '0064ff9b00000000000000000a010203'],
  ];
  for (const [text, bytes] of good) it(`reads ${text}`, () => assert.equal(hex(text), bytes));

  const bad = [
    ...[
      '',
      '10.1.2',
      '10.1.2.3.4',
      '10.1.2.256',
      '010.1.2.3',
      '0x0a.1.2.3',
      '10.1.2.3.',
      '.10.1.2.3',
      ' 10.1.2.3',
      '1e1.1.2.3',
    ],
    ...[
      ':',
      ':1',
      '1:',
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '00001::',
      'fe80::1%eth0',
      '[::1]',
      'g::',
      '::10.1.2.999',
    ],
    ...['::ffff:10.1.2', '::ffff:010.1.2.3', '::10.1.2.3:1', '1:2:3:4:5:6:7:10.1.2.3', '10.1.2.3/8', '167838211'],
  ];
  for (const text of bad) it(`refuses '${text}'`, () => assert.equal(hex(text), 'INVALID_IP_ADDRESS'));
});

describe('equalIps()', () => {
  it('takes four bytes and their mapped form for the same address', () => {
    assert.equal(equalIps(v4, parseIp('10.1.2.3') as Uint8Array), true);
    assert.equal(equalIps(parseIp('10.1.2.3') as Uint8Array, v4), true);
  });
  it('tells addresses apart', () => {
    assert.equal(equalIps(v4, Uint8Array.of(10, 1, 2, 4)), false);
    assert.equal(equalIps(v4, parseIp('::10.1.2.3') as Uint8Array), false);
    assert.equal(equalIps(parseIp('::1') as Uint8Array, parseIp('::2') as Uint8Array), false);
  });
  it('compares byte by byte what is no address', () => {
    assert.equal(equalIps(new Uint8Array(0), new Uint8Array(0)), true);
    assert.equal(equalIps(new Uint8Array(3), new Uint8Array(16)), false);
    assert.equal(equalIps(v4, new Uint8Array(5)), false);
    const almost = parseIp('1::ffff:10.1.2.3') as Uint8Array;
    assert.equal(equalIps(v4, almost), false);
  });
});
