import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseAddress } from '../../../src/sdk/statsd/address.js';

const rows: readonly [string, string | undefined, number?][] = [
  ['localhost:8125', 'localhost', 8125],
  [':8125', '127.0.0.1', 8125],
  ['10.0.0.1:1', '10.0.0.1', 1],
  ['[::1]:65535', '::1', 65_535],
  ['a:0', undefined],
  ['a:65536', undefined],
  ['a', undefined],
  ['', undefined],
  ['::1:8125', undefined],
  ['a b:1', undefined],
  ['udp://a:1', undefined],
];

for (const [text, host, port] of rows) {
  it(`an address '${text}' is ${host === undefined ? 'none' : `${host} and ${port}`}`, () => {
    assert.deepEqual(parseAddress(text), host === undefined ? undefined : { host, port });
  });
}
