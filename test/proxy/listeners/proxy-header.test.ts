import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProxyHeader } from '../../../src/proxy/listeners/proxy-header.js';
import type { ProxyHeader } from '../../../src/proxy/listeners/proxy-header-type.js';
import { proxyHeaderV2 as v2 } from './proxy-protocol.js';

const v4 = Buffer.from([192, 0, 2, 1, 192, 0, 2, 2, 0x9c, 0x40, 1, 0xbb]);
const v4Route = { source: { host: '192.0.2.1', port: 40_000 }, destination: { host: '192.0.2.2', port: 443 } };
const v6 = Buffer.concat([
  Buffer.from('20010db8000000000000000000000001', 'hex'),
  Buffer.from('00000000000000000000ffffc0000202', 'hex'),
  Buffer.from([0, 1, 255, 255]),
]);

function line(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

const good: readonly (readonly [title: string, header: Buffer, route: ProxyHeader['route']])[] = [
  ['TCP4', line('PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\n'), v4Route],
  [
    'TCP6',
    line('PROXY TCP6 2001:DB8:0::1 ::ffff:192.0.2.2 0 65535\r\n'),
    { source: { host: '2001:db8::1', port: 0 }, destination: { host: '192.0.2.2', port: 65_535 } },
  ],
  ['UNKNOWN', line('PROXY UNKNOWN\r\n'), undefined],
  ['UNKNOWN with whatever', line('PROXY UNKNOWN ffff:f...f \0 65535\r\n'), undefined],
  ['binary IPv4', v2(0x21, 0x11, v4), v4Route],
  ['binary IPv4 with TLVs', v2(0x21, 0x11, Buffer.concat([v4, Buffer.from([3, 0, 4, 1, 2, 3, 4])])), v4Route],
  ['binary IPv4 of the greatest length', v2(0x21, 0x11, Buffer.concat([v4, Buffer.alloc(508)])), v4Route],
  [
    'binary IPv6',
    v2(0x21, 0x21, v6),
    { source: { host: '2001:db8::1', port: 1 }, destination: { host: '192.0.2.2', port: 65_535 } },
  ],
  ['binary LOCAL', v2(0x20, 0, Buffer.alloc(0)), undefined],
  ['binary LOCAL with addresses', v2(0x20, 0x11, v4), undefined],
  ['binary LOCAL of no known family', v2(0x20, 0xff, Buffer.alloc(3)), undefined],
  ['binary, of no family', v2(0x21, 0, Buffer.alloc(5)), undefined],
  ['binary, of a socket file', v2(0x21, 0x31, Buffer.alloc(216, 'x')), undefined],
];

for (const [title, header, route] of good) {
  test(`${title}: is read, byte by byte too, and what follows is left`, () => {
    const whole = Buffer.concat([header, Buffer.from('GET /')]);
    assert.deepEqual(parseProxyHeader(whole), { kind: 'found', value: { length: header.length, route } });
    for (let length = 0; length < header.length; length++) {
      const verdict = parseProxyHeader(header.subarray(0, length));
      assert.ok(verdict.kind === 'more' && verdict.atLeast > length && verdict.atLeast <= header.length);
    }
  });
}

const bad: readonly (readonly [title: string, header: Buffer])[] = [
  ['no header', line('GET / HTTP/1.1\r\n')],
  ['lower case', line('proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n')],
  ['no family', line('PROXY \r\n')],
  ['a family in lower case', line('PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n')],
  ['another family', line('PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n')],
  ['IPv6 as TCP4', line('PROXY TCP4 ::1 ::1 1 2\r\n')],
  ['IPv4 as TCP6', line('PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n')],
  ['a zone', line('PROXY TCP6 fe80::1%lo ::1 1 2\r\n')],
  ['octal', line('PROXY TCP4 192.0.02.1 192.0.2.2 1 2\r\n')],
  ['two blanks', line('PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n')],
  ['a tab', line('PROXY TCP4\t192.0.2.1 192.0.2.2 1 2\r\n')],
  ['a blank at the end', line('PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n')],
  ['five fields', line('PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n')],
  ['three fields', line('PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n')],
  ['a port with a zero in front', line('PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n')],
  ['a port that is too great', line('PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n')],
  ['a negative port', line('PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n')],
  ['a port in hex', line('PROXY TCP4 192.0.2.1 192.0.2.2 0x1 2\r\n')],
  ['a bare line feed', line('PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n')],
  ['a line without end', line(`PROXY UNKNOWN ${'x'.repeat(200)}`)],
  ['a line that ends too late', line(`PROXY UNKNOWN ${'x'.repeat(93)}\r\n`)],
  ['version 1 in binary', v2(0x11, 0x11, v4)],
  ['version 3', v2(0x31, 0x11, v4)],
  ['another command', v2(0x22, 0x11, v4)],
  ['another binary family', v2(0x21, 0x41, v4)],
  ['another protocol', v2(0x21, 0x13, v4)],
  ['datagrams', v2(0x21, 0x12, v4)],
  ['too short for IPv4', v2(0x21, 0x11, v4.subarray(1))],
  ['too short for IPv6', v2(0x21, 0x21, v4)],
  ['too short for a socket file', v2(0x21, 0x31, Buffer.alloc(215))],
  ['longer than 536 bytes', v2(0x21, 0x11, Buffer.alloc(521))],
  ['a local one longer than 536 bytes', v2(0x20, 0, Buffer.alloc(521))],
  ['a broken signature', Buffer.from('\r\n\r\n\0\r\nQUIX\n')],
];

for (const [title, header] of bad) {
  test(`${title}: is refused, once it is there and whatever follows`, () => {
    assert.equal(parseProxyHeader(header).kind, 'bad');
    assert.equal(parseProxyHeader(Buffer.concat([header, Buffer.alloc(600)])).kind, 'bad');
    for (let length = 0; length <= header.length; length++) {
      assert.notEqual(parseProxyHeader(header.subarray(0, length)).kind, 'found');
    }
  });
}

test('nothing is waited for beyond 536 bytes', () => {
  for (const start of [v2(0x21, 0x11, v4).subarray(0, 16), line('PROXY TCP4 '), line('PROXY UNKNOWN')]) {
    assert.notEqual(parseProxyHeader(Buffer.concat([start, Buffer.alloc(536, '1')])).kind, 'more');
  }
});
