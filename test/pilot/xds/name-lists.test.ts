import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DiscoveryRequest } from '../../../src/gen/envoy/service/discovery/v3/discovery.js';
import { typeUrls } from '../../../src/pilot/xds/index.js';
import { createRequestReader } from '../../../src/pilot/xds/name-lists.js';

const names = (count: number, prefix = 'outbound|9080||service'): string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}-${at}.${'x'.repeat(at % 300)}`);
const bytesOf = (given: Partial<DiscoveryRequest>): Buffer =>
  Buffer.from(DiscoveryRequest.encode(DiscoveryRequest.create({ typeUrl: typeUrls.endpoints, ...given })).finish());

describe('a reader of requests', () => {
  it('reads what the plain decoder reads', () => {
    const read = createRequestReader();
    const node = {
      id: 'a',
      cluster: 'c',
      metadata: { A: 'b' },
      locality: undefined,
      userAgentName: 'x',
      clientFeatures: [],
    };
    const errorDetail = { code: 3, message: 'no', details: [] };
    for (const count of [0, 1, 40, 1000]) {
      for (const more of [{}, { node }, { errorDetail, responseNonce: 'n', versionInfo: 'v' }]) {
        const bytes = bytesOf({ resourceNames: names(count), ...more });
        assert.deepEqual(read(bytes), DiscoveryRequest.decode(bytes));
      }
    }
  });

  it('has one list for names that come again, whoever sends them, and other ones for others', () => {
    const read = createRequestReader();
    const [one, same] = ['1', '2'].map((nonce) => read(bytesOf({ resourceNames: names(500), responseNonce: nonce })));
    assert.equal(one?.resourceNames, same?.resourceNames);
    const changed = names(500).with(250, 'y'.repeat(names(500)[250]!.length));
    assert.deepEqual(read(bytesOf({ resourceNames: changed })).resourceNames, changed);
    assert.deepEqual(read(bytesOf({ resourceNames: names(500) })).resourceNames, names(500));
  });

  it('keeps no more lists than fit into its memory', () => {
    const read = createRequestReader();
    const first = read(bytesOf({ resourceNames: names(3000, 'first') })).resourceNames;
    for (let count = 0; count < 40; count += 1) read(bytesOf({ resourceNames: names(3000, `other-${count}`) }));
    const again = read(bytesOf({ resourceNames: names(3000, 'first') })).resourceNames;
    assert.notEqual(again, first);
    assert.deepEqual(again, first);
  });

  it('takes names that stand apart, and rejects what is cut off as the plain decoder does', () => {
    const read = createRequestReader();
    const apart = Buffer.concat([bytesOf({ resourceNames: names(50) }), bytesOf({ resourceNames: ['last'] })]);
    assert.deepEqual(new Set(read(apart).resourceNames), new Set([...names(50), 'last']));
    const whole = bytesOf({ resourceNames: names(50) });
    for (let length = whole.length - 1; length > 0; length -= 7) {
      const cut = whole.subarray(0, length);
      let wanted: unknown;
      try {
        wanted = DiscoveryRequest.decode(cut);
      } catch {
        assert.throws(() => read(cut), String(length));
        continue;
      }
      assert.deepEqual(read(cut), wanted);
    }
  });
});
