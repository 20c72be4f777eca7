import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseIp } from 'fairlead/sdk';
import { parseIpv4, parseIpv6, readBytes } from '../../../src/adapters/listchecker/ip-text.js';

function groupsOf(text: string): readonly number[] | undefined {
  const groups = new Uint16Array(8).fill(0x5555);
  return parseIpv6(text, groups) ? [...groups] : undefined;
}

function reference(text: string): readonly number[] | undefined {
  const groups = new Uint16Array(8);
  return text.includes(':') && readBytes(parseIp(text), groups) ? [...groups] : undefined;
}

describe('parseIpv6()', () => {
  for (const text of ['::', '::1', '1::', '1:2:3:4:5:6:7:8', '1::8', 'fe80::1:0:0', '::ffff:1.2.3.4', 'ABCD:ef01::']) {
    test(`reads "${text}"`, () => {
      assert.equal(isIPv6(text), true);
      assert.deepEqual(groupsOf(text), reference(text));
    });
  }

  for (const text of ['', ':', '1:', ':1', '1:2', ':::', '1:::2', '1::2::3', '::1%eth0', '1:2:3:4:5:6:7:8:9', '::g']) {
    test(`refuses "${text}"`, () => assert.equal(groupsOf(text), undefined));
  }

  test('reads what the sdk reads, and nothing else', () => {
    const piece = fc.constantFrom('0', '1', 'ffff', 'ABC', '12345', ':', ':', ':', '::', 'g', '1.2.3.4', '.', '');
    const address = fc.oneof(
      fc.ipV6(),
      fc.array(piece, { maxLength: 18 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(address, (text) => {
        if (!text.includes(':')) return;
        assert.deepEqual(groupsOf(text), reference(text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('parseIpv4()', () => {
  test('reads what the sdk reads, and nothing else', () => {
    const piece = fc.constantFrom('0', '1', '255', '256', '007', '0007', '.', '.', '.', 'a', '-1', '');
    const address = fc.oneof(
      fc.ipV4(),
      fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(address, (text) => {
        const bytes = parseIp(text);
        const wanted = bytes?.length === 4 ? new DataView(bytes.buffer).getUint32(0) : -1;
        assert.equal(parseIpv4(text), wanted);
        if (isIPv4(text)) assert.ok(wanted >= 0);
      }),
      { numRuns: 2000 },
    );
  });
});
