import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClusterLoadAssignment } from '../../../src/gen/envoy/config/endpoint/v3/endpoint.js';
import { DiscoveryRequest, DiscoveryResponse } from '../../../src/gen/envoy/service/discovery/v3/discovery.js';
import { createPilot } from '../../../src/pilot/server/pilot.js';
import { typeUrls } from '../../../src/pilot/xds/index.js';
import { sotw } from '../../../src/pilot/xds/sotw.js';
import { MemoryLog } from '../../support/memory-log.js';
import { ManualTime } from '../../support/manual-time.js';
import { knownOf, serviceOf, ToldRegistry } from '../registry/support.js';
import { storeOf } from '../support.js';

const twelve = Array.from({ length: 12 }, (_, index) => `10.0.0.${index + 1}`);
const places = (...addresses: string[]) => knownOf(serviceOf('x.com'), ...addresses);

/** A Pilot with one gRPC client that wants the endpoints of `x.com`, and answers at once. */
function start(...registries: readonly ToldRegistry[]) {
  const time = new ManualTime();
  const pilot = createPilot({
    store: storeOf(''),
    registries,
    version: 'test',
    env: {
      now: () => time.clock.now(),
      after: (millis, work) => time.after(millis, work),
      random: () => 0.5,
      log: new MemoryLog(),
    },
  });
  const seen: string[] = [];
  const node = { id: 'a', cluster: '', metadata: { GENERATOR: 'grpc' }, locality: '', agent: '' };
  const ask = (responseNonce: string): void => {
    const typeUrl = typeUrls.endpoints;
    client.receive(DiscoveryRequest.create({ typeUrl, responseNonce, resourceNames: ['outbound|80||x.com'] }));
  };
  const client = pilot.xds.connect(node, sotw, {
    write(message, done) {
      const { resources, nonce } = DiscoveryResponse.decode(message);
      const [assignment] = resources.map(({ value }) => ClusterLoadAssignment.decode(value));
      const endpoints = (assignment?.endpoints ?? []).flatMap(({ lbEndpoints }) => lbEndpoints);
      seen.push(endpoints.map(({ endpoint }) => endpoint?.address?.socketAddress?.address).join(' '));
      done();
      queueMicrotask(() => ask(nonce));
    },
    stall: () => undefined,
    overflow: () => undefined,
  });
  ask('');
  return { time, pilot, take: () => seen.splice(0) };
}

describe('clients of a Pilot whose registry', () => {
  it('goes back and forth hear of what has settled, once', async () => {
    const registry = new ToldRegistry().tell(places('10.0.0.1'));
    const { time, take, pilot } = start(registry);
    assert.deepEqual(take(), ['10.0.0.1']);
    for (let count = 0; count < 100; count += 1) {
      registry.tell(places(count % 2 === 0 ? '10.0.0.2' : '10.0.0.1'));
      await time.advance(10);
    }
    await time.advance(1000);
    assert.deepEqual(take(), [], 'all is as it was');
    for (let count = 0; count <= 100; count += 1) {
      registry.tell(places(count % 2 === 0 ? '10.0.0.2' : '10.0.0.1'));
      await time.advance(10);
    }
    await time.advance(1000);
    assert.deepEqual(take(), ['10.0.0.2']);
    pilot.close();
  });

  it('is suddenly empty keep their endpoints for a minute', async () => {
    const registry = new ToldRegistry().tell(places(...twelve));
    const { time, take, pilot } = start(registry);
    assert.deepEqual(take(), [twelve.toSorted().join(' ')]);
    registry.empty();
    await time.advance(59_000);
    assert.deepEqual(take(), []);
    registry.tell(places(...twelve.slice(1)));
    await time.advance(1000);
    assert.deepEqual(take(), [twelve.slice(1).toSorted().join(' ')], 'it has come back in time');
    registry.tell(places());
    await time.advance(59_000);
    assert.deepEqual(take(), [], 'a service that runs nowhere is as suspicious as none');
    await time.advance(2000);
    assert.deepEqual(take(), ['']);
    pilot.close();
  });

  it('tells things twice have them once', async () => {
    const registry = new ToldRegistry('a').tell(places('10.0.0.1', '10.0.0.1', '10.0.0.2'));
    const other = new ToldRegistry('b').tell(places('10.0.0.2', '10.0.0.3'));
    const { time, take, pilot } = start(registry, other);
    assert.deepEqual(take(), ['10.0.0.1 10.0.0.2 10.0.0.3']);
    other.tell(places('10.0.0.3', '10.0.0.2', '10.0.0.3'));
    await time.advance(1000);
    assert.deepEqual(take(), []);
    pilot.close();
    assert.equal(time.pending, 0);
  });
});
