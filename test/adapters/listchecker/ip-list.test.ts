import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IpList, type IpRange, parseRange } from '../../../src/adapters/listchecker/ip-list.js';

describe('parseRange()', () => {
  for (const text of ['', 'a', '1.2.3.4/', '1.2.3.4/33', '1.2.3.4/-1', '1.2.3.4/8/8', '::/129', '1.2.3/8', ' ::1']) {
    test(`refuses "${text}"`, () => assert.equal(parseRange(text), undefined));
  }

  test('takes an address alone for a range of one, in both families', () => {
    assert.equal(parseRange('1.2.3.4')?.prefix, 128);
    assert.equal(parseRange('2001:db8::1')?.prefix, 128);
  });

  test('drops host bits', () => assert.deepEqual(parseRange('9.9.9.9/28'), parseRange('9.9.9.0/28')));
});

describe('IpList', () => {
  const list = (...texts: string[]): IpList => new IpList(texts.map((text) => parseRange(text) as IpRange));

  test('finds addresses in ranges of several lengths', () => {
    const ranges = list('10.0.0.0/8', '192.168.1.0/24', '192.168.1.128/25', '0.0.0.0/32');
    assert.equal(ranges.has('10.255.255.255'), true);
    assert.equal(ranges.has('192.168.1.7'), true);
    assert.equal(ranges.has('192.168.2.7'), false);
    assert.equal(ranges.has('0.0.0.0'), true);
    assert.equal(ranges.has('0.0.0.1'), false);
  });

  test('takes mapped addresses and ranges for IPv4', () => {
    assert.equal(list('::ffff:10.0.0.0/104').has('10.1.1.1'), true);
    assert.equal(list('10.0.0.0/8').has('::ffff:10.1.1.1'), true);
    assert.equal(list('::/0').has('::ffff:10.1.1.1'), false);
    assert.equal(list('::/0').has('fe80::1'), true);
  });

  test('says when a text is no address', () => assert.equal(list('::/0').has('host'), undefined));

  test('is empty without ranges', () => assert.equal(list().has('1.2.3.4'), false));
});
