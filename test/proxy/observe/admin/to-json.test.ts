import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Direction, Listener } from '../../../../src/gen/fairlead/proxy/v1/listener.js';
import { toJson } from '../../../../src/proxy/observe/admin/to-json.js';

const read = (value: unknown): unknown => JSON.parse(toJson(value));

describe('JSON of a message', () => {
  it('has integers of 64 bits as strings', () => {
    assert.deepEqual(read({ a: [2n ** 63n - 1n, -1n] }), { a: ['9223372036854775807', '-1'] });
  });

  it('has bytes in base64, whatever holds them', () => {
    const whole = new Uint8Array([0, 255, 1]);
    assert.deepEqual(read([whole, whole.subarray(1), Buffer.from('hi')]), ['AP8B', '/wE=', 'aGk=']);
  });

  it('leaves out what is not set', () => assert.deepEqual(read({ a: undefined, b: null, c: '' }), { b: null, c: '' }));

  it('keeps any key', () => {
    assert.equal(toJson(JSON.parse('{"__proto__": {"x": 1}}')), '{\n "__proto__": {\n  "x": 1\n }\n}');
    assert.deepEqual(read(new Map([[1n, 'a']])), { 1: 'a' });
  });

  it('knows numbers that JSON does not', () => {
    assert.deepEqual(read([Number.NaN, Infinity, 1.5]), ['NaN', 'Infinity', 1.5]);
  });

  it('is that of a listener', () => {
    const listener = Listener.decode(
      Listener.encode({
        name: 'a',
        address: '127.0.0.1',
        port: 80,
        direction: Direction.INBOUND,
        proxyProtocol: false,
        chains: [],
        limits: undefined,
      }).finish(),
    );
    assert.deepEqual(read(listener), {
      name: 'a',
      address: '127.0.0.1',
      port: 80,
      direction: 1,
      proxyProtocol: false,
      chains: [],
    });
  });
});
