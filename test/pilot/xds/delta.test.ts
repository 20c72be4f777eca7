import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rig, snapshotOf } from './support.js';

const first = snapshotOf('1', { cluster: ['a', 'b'], endpoints: ['a', 'b'], listener: ['l'], route: ['r>a'] });
const full = { kind: 'full' } as const;

describe('a delta stream', () => {
  it('gives everything at first, then what is other', () => {
    const { deltaClient, server, set } = rig(first);
    const client = deltaClient();
    client.request('cluster');
    assert.deepEqual(client.take(), ['cluster 1 a= b=']);
    client.request('cluster');
    set(snapshotOf('2', { cluster: ['b=x', 'c'], endpoints: ['b', 'c'] }));
    server.push(full);
    assert.deepEqual(client.take(), [], 'no answer yet');
  });

  it('tells what is gone, and what there never was', () => {
    const { deltaClient, server, set } = rig(first);
    const client = deltaClient();
    client.request('endpoints', { add: ['a', 'nobody'] });
    assert.deepEqual(
      client.seen.map(({ text }) => text),
      ['endpoints 1 a= -nobody'],
    );
    client.request('endpoints', { add: ['b'] });
    client.request('endpoints');
    set(snapshotOf('2', { endpoints: ['b', 'nobody'] }));
    server.push(full);
    assert.deepEqual(client.seen.map(({ text }) => text).slice(1), ['endpoints 1 b=', 'endpoints 2 nobody= -a']);
  });

  it('sends nothing again that a client kept from before', () => {
    const { deltaClient } = rig(first);
    const kept = Object.fromEntries(['a', 'b'].map((name) => [name, first.endpoints.get(name)!.version]));
    const client = deltaClient();
    client.request('endpoints', { add: ['a', 'b'], has: { ...kept, b: 'a lie' } });
    assert.deepEqual(client.take(), ['endpoints 1 b=']);
  });

  it('hears that a cluster is gone after the routes that needed it have arrived', () => {
    const { deltaClient, server, set } = rig(first);
    const client = deltaClient();
    client.request('cluster');
    client.request('route', { add: ['r'] });
    client.request('cluster');
    client.request('route');
    set(snapshotOf('2', { cluster: ['b'], endpoints: ['b'], route: ['r=x>b'] }));
    server.push(full);
    const texts = () => client.seen.map(({ text }) => text).slice(2);
    assert.deepEqual(texts(), ['route 2 r=x']);
    client.request('route');
    assert.deepEqual(texts(), ['route 2 r=x', 'cluster 2 -a']);
  });

  it('may reject what it gets, and is not sent it again', () => {
    const { deltaClient, server } = rig(first);
    const client = deltaClient();
    client.request('cluster');
    client.request('cluster', { error: 'no' });
    assert.equal(client.seen.length, 1);
    assert.equal(server.proxies()[0]?.kinds[0]?.rejected?.message, 'no');
    assert.equal(server.proxies()[0]?.kinds[0]?.acked, '');
  });

  it('gets what it rejected along with something else once that is gone', () => {
    const { deltaClient, server, set } = rig(snapshotOf('1', { route: ['r', 's=!'] }));
    const client = deltaClient();
    client.request('route', { add: ['r', 's'] });
    client.request('route', { error: 'no' });
    set(snapshotOf('2', { route: ['r'] }));
    server.push({ kind: 'full' });
    assert.deepEqual(client.take(), ['route 1 r= s=!', 'route 2 r= -s']);
    client.request('route', { error: 'no' });
    assert.deepEqual(client.take(), [], 'and not again and again');
  });

  it('says whether what is no longer wanted by name is a part of everything', () => {
    const { deltaClient } = rig(first);
    const client = deltaClient();
    client.request('cluster');
    client.request('cluster', { add: ['a', 'nobody'] });
    client.request('cluster', { drop: ['a', 'nobody'] });
    client.request('cluster');
    assert.deepEqual(client.take(), ['cluster 1 a= b=', 'cluster 1 a= -nobody', 'cluster 1 a= -nobody']);
  });

  it('forgets what is no longer wanted, and sends it when it is wanted again', () => {
    const { deltaClient } = rig(first);
    const client = deltaClient();
    client.request('endpoints', { add: ['a'] });
    client.request('endpoints', { drop: ['a'] });
    client.request('endpoints', { add: ['a'] });
    assert.deepEqual(client.take(), ['endpoints 1 a=', 'endpoints 1 a=']);
  });
});
