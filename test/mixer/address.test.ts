import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { formatAddress, formatHostPort, parseAddress } from '../../src/mixer/address.js';
import { MixerError } from '../../src/util/errors.js';

describe('parseAddress()', () => {
  const cases: [text: string, address: ReturnType<typeof parseAddress>][] = [
    ['tcp://127.0.0.1:9091', { kind: 'tcp', host: '127.0.0.1', port: 9091 }],
    ['localhost:80', { kind: 'tcp', host: 'localhost', port: 80 }],
    [':9091', { kind: 'tcp', host: '', port: 9091 }],
    ['tcp://:0', { kind: 'tcp', host: '', port: 0 }],
    ['[::1]:65535', { kind: 'tcp', host: '::1', port: 65_535 }],
    ['unix:///sock/mixer.socket', { kind: 'unix', path: '/sock/mixer.socket' }],
    ['unix://relative.sock', { kind: 'unix', path: 'relative.sock' }],
  ];
  for (const [text, address] of cases) {
    it(`reads ${text}`, () => assert.deepEqual(parseAddress(text), address));
  }
  for (const text of [
    '',
    'localhost',
    '9091',
    'host:port',
    'h:65536',
    'h:-1',
    'unix://',
    'udp://h:1',
    '::1:80',
    'h:1/x',
  ]) {
    it(`refuses '${text}' as USAGE`, () => {
      assert.throws(
        () => parseAddress(text),
        (error) => error instanceof MixerError && error.code === 'USAGE',
      );
    });
  }
});

describe('formatAddress()', () => {
  for (const text of ['tcp://127.0.0.1:9091', 'tcp://:9091', 'tcp://[::1]:1', 'unix:///a/b.sock']) {
    it(`gives ${text} back`, () => assert.equal(formatAddress(parseAddress(text)), text));
  }
});

describe('formatHostPort()', () => {
  it('puts an IPv6 host in brackets', () => assert.equal(formatHostPort('::', 1), '[::]:1'));
  it('leaves other hosts bare', () => assert.equal(formatHostPort('a.b', 1), 'a.b:1'));
});
