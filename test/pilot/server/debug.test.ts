import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TcpProxy } from '../../../src/gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.js';
import { Filter } from '../../../src/gen/envoy/config/listener/v3/listener_components.js';
import { Listener } from '../../../src/gen/envoy/config/listener/v3/listener.js';
import { decodeAny } from '../../../src/pilot/server/debug/decode-any.js';
import { toPlain } from '../../../src/pilot/server/debug/plain.js';

describe('a resource as plain data', () => {
  it('has what it wraps opened, and unknown types as bytes', () => {
    const typeUrl = 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';
    const tcp = TcpProxy.encode(TcpProxy.create({ statPrefix: 'x', cluster: 'y' })).finish();
    const filters = [
      Filter.create({ name: 'tcp', typedConfig: { typeUrl, value: Buffer.from(tcp) } }),
      Filter.create({ name: 'odd', typedConfig: { typeUrl: 'type.googleapis.com/a.B', value: Buffer.from('hi') } }),
      Filter.create({ name: 'empty', typedConfig: { typeUrl: 'type.googleapis.com/a.C', value: Buffer.alloc(0) } }),
    ];
    const value = Listener.encode(Listener.create({ name: 'l', defaultFilterChain: { filters } })).finish();
    const url = 'type.googleapis.com/envoy.config.listener.v3.Listener';
    const plain = decodeAny({ typeUrl: url, value: Buffer.from(value) });
    assert.equal(plain['@type'], url);
    const text = JSON.stringify(plain);
    assert.match(text, /"@type":"[^"]*TcpProxy".*"cluster":"y"/);
    assert.match(text, /"@type":"type.googleapis.com\/a.B","value":"aGk="/);
    assert.match(text, /"@type":"type.googleapis.com\/a.C"\}/);
  });

  it('keeps large numbers and odd keys', () => {
    const map = new Map<string, unknown>([['__proto__', 2n ** 63n]]);
    assert.equal(JSON.stringify(toPlain(map)), '{"__proto__":"9223372036854775808"}');
    assert.equal(JSON.stringify(toPlain({ a: undefined, b: [Infinity, null] })), '{"b":["Infinity",null]}');
  });
});
