import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResourceKind } from '../../../src/pilot/xds/index.js';
import { rig, snapshotOf } from './support.js';

const first = snapshotOf('1', { cluster: ['a', 'b'], endpoints: ['a', 'b'], listener: ['l'], route: ['r>a'] });
const full = { kind: 'full' } as const;

describe('a state of the world stream', () => {
  it('gives everything of clusters and listeners to who names nothing', () => {
    const client = rig(first).client();
    client.request('cluster', {});
    client.request('listener', {});
    client.request('endpoints', {});
    assert.deepEqual(client.take(), ['cluster 1 a= b=', 'listener 1 l=']);
  });

  it('gives what is named, and more of it once more is named', () => {
    const client = rig(first).client();
    client.request('cluster', { names: ['b'] });
    client.request('endpoints', { names: ['b'] });
    assert.deepEqual(client.take(), ['cluster 1 b=', 'endpoints 1 b=']);
    client.request('cluster', { nonce: 'x' });
    client.request('endpoints', { names: ['a', 'b'], nonce: 'x' });
    assert.deepEqual(client.take(), [], 'a request from before the response counts for nothing');
  });

  it('has all clusters that are wanted in a response, but only new endpoints', () => {
    const client = rig(first).client();
    client.request('cluster', { names: ['a'] });
    client.request('endpoints', { names: ['a'] });
    client.request('cluster', { names: ['a', 'b'] });
    client.request('endpoints', { names: ['a', 'b'] });
    assert.deepEqual(client.take(), ['cluster 1 a=', 'endpoints 1 a=', 'cluster 1 a= b=', 'endpoints 1 b=']);
  });

  it('gives no more than is named once something was named', () => {
    const client = rig(first).client();
    client.request('cluster', {});
    client.request('cluster', { names: ['b'] });
    client.request('cluster', { names: [] });
    client.request('cluster', { names: ['*'] });
    assert.deepEqual(client.take(), ['cluster 1 a= b=', 'cluster 1 b=', 'cluster 1 a= b=']);
  });

  it('gives nothing any more to who takes back that it wants everything', () => {
    const { client: connect, server, set } = rig(first);
    const client = connect();
    client.request('cluster', { names: ['*'] });
    client.request('cluster', { names: [] });
    client.request('cluster', {});
    assert.deepEqual(client.take(), ['cluster 1 a= b=', 'cluster 1']);
    set(snapshotOf('2', { cluster: ['a=x'], endpoints: ['a'] }));
    server.push(full);
    assert.deepEqual(client.take(), []);
  });

  it('answers the first request for listeners although there is none', () => {
    const client = rig(snapshotOf('1', {})).client();
    client.request('listener', { names: ['nobody'] });
    client.request('route', { names: ['nobody'] });
    assert.deepEqual(client.take(), ['listener 1']);
  });

  it('takes an answer for what it is, and says nothing to it', () => {
    const { client: connect, server } = rig(first);
    const client = connect();
    client.request('cluster', {});
    client.take();
    client.request('cluster', { nonce: server.proxies()[0]!.stream + '.1' });
    assert.deepEqual(client.take(), []);
    assert.equal(server.proxies()[0]!.kinds[0]!.acked, '1');
  });

  it('pushes only what changed, and only to who has it', () => {
    const { client: connect, server, set } = rig(first);
    const [one, other] = [connect('one'), connect('other')];
    for (const [client, name] of [
      [one, 'a'],
      [other, 'b'],
    ] as const) {
      client.request('endpoints', { names: [name] });
      client.request('endpoints', {});
      client.take();
    }
    set(snapshotOf('2', { cluster: ['a', 'b'], endpoints: ['a=x', 'b'], listener: ['l'], route: ['r>a'] }));
    server.push({ kind: 'endpoints', names: new Set(['a']) });
    assert.deepEqual([one.take(), other.take()], [['endpoints 2 a=x'], []]);
  });

  it('passes over types that nobody serves', () => {
    const client = rig(first).client();
    client.request('cluster', {});
    client.receive({
      typeUrl: 'type.googleapis.com/other',
      node: undefined,
      versionInfo: '',
      resourceNames: [],
      responseNonce: '',
      errorDetail: undefined,
    });
    assert.deepEqual(client.take(), ['cluster 1 a= b=']);
  });

  it('sends endpoints again with a cluster that changed', () => {
    const { client: connect, server, set } = rig(first);
    const client = connect();
    client.request('cluster', {});
    client.request('endpoints', { names: ['a', 'b'] });
    client.request('cluster', {});
    client.request('endpoints', {});
    client.take();
    set(snapshotOf('2', { cluster: ['a=x', 'b'], endpoints: ['a', 'b'] }));
    server.push(full);
    assert.deepEqual(client.take(), ['cluster 2 a=x b=', 'endpoints 2 a=']);
  });

  it('takes a cluster away after the routes that needed it have arrived', () => {
    const { client: connect, server, set } = rig(first);
    const client = connect();
    client.request('cluster', {});
    client.request('route', { names: ['r'] });
    client.request('cluster', {});
    client.request('route', {});
    client.take();
    set(snapshotOf('2', { cluster: ['b', 'c'], endpoints: ['b', 'c'], listener: ['l'], route: ['r=x>b'] }));
    server.push(full);
    assert.deepEqual(client.take(), ['cluster 2 b= c= a=', 'route 2 r=x']);
    client.request('cluster', { nonce: `${server.proxies()[0]!.stream}.3` });
    assert.deepEqual(client.take(), [], 'not before the route is acknowledged');
    client.request('route', { nonce: `${server.proxies()[0]!.stream}.4` });
    assert.deepEqual(client.take(), ['cluster 2 b= c=']);
  });

  it('keeps no routes back for a listener, which may be taken up only with them', () => {
    const { client: connect, server, set } = rig(snapshotOf('1', { listener: ['l'] }));
    const client = connect();
    client.request('listener', {});
    client.request('route', { names: ['r'] });
    set(snapshotOf('2', { listener: ['l=x'], route: ['r'] }));
    server.push(full);
    assert.deepEqual(client.take(), ['listener 1 l=', 'route 2 r=']);
    client.request('listener', { nonce: `${server.proxies()[0]!.stream}.1` });
    assert.deepEqual(client.take(), ['listener 2 l=x']);
  });

  it('sends routes again with a listener that is back, though nobody said that they were let go of', () => {
    const both = { listener: ['l>r', 'm'], route: ['r'] };
    const { client: connect, server, set } = rig(snapshotOf('1', both));
    const client = connect();
    client.request('listener', {});
    client.request('route', { names: ['r'] });
    for (const kind of ['listener', 'route'] as const) client.request(kind, {});
    client.take();
    set(snapshotOf('2', { listener: ['m'] }));
    server.push(full);
    client.request('listener', {});
    set(snapshotOf('3', both));
    server.push(full);
    client.request('listener', {});
    assert.deepEqual(client.take(), ['listener 2 m=', 'listener 3 l= m=', 'route 3 r=']);
  });

  it('takes a cluster away at once where listeners and routes are as before', () => {
    const { client: connect, deltaClient, server, set } = rig(first);
    const [client, other] = [connect(), deltaClient()];
    for (const kind of ['cluster', 'listener'] as const) {
      client.request(kind, {});
      client.request(kind, {});
      other.request(kind);
      other.request(kind);
    }
    client.take();
    set(snapshotOf('2', { cluster: ['a'], endpoints: ['a'], listener: ['l'], route: ['r>a'] }));
    server.push(full);
    assert.deepEqual([client.take(), other.take().slice(2)], [['cluster 2 a='], ['cluster 2 -b']]);
  });

  it('leaves a cluster to who rejects the routes that no longer need it', () => {
    const { client: connect, server, set } = rig(first);
    const client = connect();
    for (let times = 0; times < 2; times += 1) {
      client.request('cluster', {});
      client.request('route', { names: ['r'] });
    }
    set(snapshotOf('2', { cluster: ['b'], endpoints: ['b'], route: ['r=bad>b'] }));
    server.push(full);
    client.request('cluster', {});
    client.request('route', { error: 'no' });
    assert.deepEqual(client.take().slice(2), ['route 2 r=bad']);
    set(snapshotOf('3', { cluster: ['b=x'], endpoints: ['b'], route: ['r=bad>b'] }));
    server.push(full);
    client.request('cluster', {});
    assert.deepEqual(client.take(), ['cluster 3 b=x a=']);
    set(snapshotOf('4', { cluster: ['b=x'], endpoints: ['b'], route: ['r=good>b'] }));
    server.push(full);
    client.request('route', {});
    assert.deepEqual(client.take(), ['route 4 r=good', 'cluster 4 b=x']);
  });

  it('keeps routes back while the clusters they need cannot be sent', async () => {
    const { client: connect, server, set, time } = rig(first);
    const client = connect();
    client.request('cluster', {});
    client.request('route', { names: ['r'] });
    client.request('route', {});
    client.take();
    set(snapshotOf('2', { cluster: ['a', 'b', 'c'], endpoints: ['a', 'b', 'c'], route: ['r=x>c'] }));
    server.push(full);
    assert.deepEqual(client.take(), [], 'the clusters of before are not acknowledged');
    await time.advance(4999);
    assert.deepEqual(client.take(), []);
    await time.advance(1);
    assert.deepEqual(client.take(), ['cluster 2 a= b= c=', 'route 2 r=x']);
  });
});

describe('a client that misbehaves', () => {
  it('gets no second response of a type in less than 5 s when it never answers, and then only the newest', async () => {
    const { client: connect, server, set, time } = rig(first);
    const client = connect();
    client.request('cluster', {});
    client.take();
    for (let version = 2; version < 50; version += 1) {
      set(snapshotOf(String(version), { cluster: [`a=${version}`], endpoints: ['a'] }));
      server.push(full);
    }
    assert.deepEqual(client.take(), []);
    await time.advance(5000);
    assert.deepEqual(client.take(), ['cluster 49 a=49']);
  });

  it('keeps its last good version when it rejects everything, which shows', () => {
    const { client: connect, server, set, events } = rig(first);
    const client = connect();
    client.request('cluster', {});
    client.request('cluster', {});
    set(snapshotOf('2', { cluster: ['a=bad'], endpoints: ['a'] }));
    server.push(full);
    client.request('cluster', { error: 'x'.repeat(5000) });
    const [status] = server.proxies()[0]!.kinds;
    assert.deepEqual([status?.sent, status?.acked, status?.rejected?.version], ['2', '1', '2']);
    assert.equal(status?.rejected?.message.length, 1000);
    assert.equal(events.length, 1);
    client.take();
    client.request('cluster', { error: 'again' });
    assert.deepEqual(client.take(), [], 'what was rejected is not sent again');
    set(snapshotOf('3', { cluster: ['a=good'], endpoints: ['a'] }));
    server.push(full);
    assert.deepEqual(client.take(), ['cluster 3 a=good']);
  });

  it('never takes what it is sent, and loses what is gone once that is much', () => {
    const names = Array.from({ length: 1001 }, (_, at) => `c${at}`);
    const many = (more: readonly string[]) => ({ cluster: [...names, ...more], endpoints: [...names, ...more] });
    const { client: connect, server, set } = rig(snapshotOf('1', { ...many(['a']), route: ['r>a'] }));
    const client = connect();
    for (const error of [{}, { error: 'no' }]) {
      client.request('route', { names: ['r'], ...error });
      client.request('cluster', {});
    }
    client.take();
    set(snapshotOf('2', { ...many([]), route: ['r=x>c1'] }));
    server.push(full);
    assert.deepEqual(client.take(), ['route 2 r=x']);
    client.request('cluster', {});
    set(snapshotOf('3', { cluster: ['b'], endpoints: ['b'], route: ['r=x>b'] }));
    server.push(full);
    assert.deepEqual(client.take(), ['cluster 3 b=']);
  });

  it('gets all that was in a rejected response along with what comes next, since it may have left out more', () => {
    const { client: connect, server, set } = rig(snapshotOf('1', { route: ['r', 's', 't'] }));
    const client = connect();
    client.request('route', { names: ['r', 's', 't'] });
    client.request('route', {});
    client.take();
    set(snapshotOf('2', { route: ['r=bad', 's=good', 't'] }));
    server.push(full);
    client.request('route', { error: 'no' });
    set(snapshotOf('3', { route: ['r=good', 's=good', 't'] }));
    server.push(full);
    client.request('route', {});
    assert.deepEqual(client.take(), ['route 2 r=bad s=good', 'route 3 r=good s=good']);
    set(snapshotOf('4', { route: ['r=better', 's=good', 't'] }));
    server.push(full);
    assert.deepEqual(client.take(), ['route 4 r=better']);
  });

  it('rejects everything and asks again and again, and is answered no more than it answers', () => {
    const { client: connect, server, set } = rig(first);
    const client = connect();
    client.request('cluster', {});
    for (let version = 2; version < 20; version += 1) {
      for (let count = 0; count < 10; count += 1) client.request('cluster', { error: 'no' });
      set(snapshotOf(String(version), { cluster: [`a=${version}`], endpoints: ['a'] }));
      server.push(full);
    }
    assert.equal(client.take().length, 19);
    assert.equal(server.proxies()[0]?.kinds[0]?.acked, '');
  });

  it('names what there is not, more and more of it, and is given up', () => {
    const { deltaClient, client: connect, server } = rig(first, { names: 10 });
    const client = deltaClient();
    for (let count = 0; count < 5; count += 1) client.request('endpoints', { add: [`n${count}`, `m${count}`] });
    assert.equal(client.state.overflows, 0);
    client.take();
    client.request('endpoints', { add: ['one more'] });
    assert.equal(client.state.overflows, 1);
    assert.deepEqual(client.take(), []);
    const other = connect();
    for (let count = 0; count < 50; count += 1) other.request('endpoints', { names: [`n${count}`, 'a'] });
    assert.deepEqual(other.take(), ['endpoints 1 a='], 'what a list no longer has is forgotten');
    assert.equal(other.state.overflows, 0);
    assert.equal(server.proxies().length, 2);
  });

  it('names little, but at great length, and is given up', () => {
    const client = rig(first, { names: 10 }).deltaClient();
    for (let count = 0; count < 5; count += 1) client.request('endpoints', { add: [`${count}`.repeat(1024)] });
    assert.equal(client.state.overflows, 0);
    client.request('endpoints', { add: ['one more'] });
    assert.equal(client.state.overflows, 1);
    client.request('endpoints', { drop: ['0'.repeat(1024), '1'.repeat(1024)] });
    assert.equal(client.state.overflows, 1);
  });

  it('wants what cannot be made, and gets what it wants beside it later', () => {
    const {
      client: connect,
      server,
      set,
    } = rig(() => {
      const snapshot = snapshotOf('1', { route: ['r'] });
      const get = (name: string) => (name === 'r' ? snapshot.route.get('r') : assert.fail('cannot be made'));
      return { ...snapshot, route: { keys: () => ['r'], get } };
    });
    const client = connect();
    client.request('route', { names: ['r', 'made up'] });
    assert.deepEqual(client.take(), []);
    set(snapshotOf('2', { route: ['r'] }));
    server.push(full);
    assert.deepEqual(client.take(), ['route 2 r=']);
  });

  it('gains nothing by lies about versions and nonces', () => {
    const { client: connect, events } = rig(first);
    const client = connect();
    client.request('cluster', { nonce: 'of another stream' });
    client.take();
    client.request('cluster', { names: ['b'], nonce: 'made up' });
    client.request('cluster', { names: ['b'], nonce: '' });
    assert.deepEqual(client.take(), []);
    assert.deepEqual(events, ['stale cluster']);
  });

  it('is written to only as it reads, and is given up when it does not', async () => {
    const { client: connect, server, set, time } = rig(first);
    const client = connect();
    client.state.reads = false;
    for (const kind of ['cluster', 'listener', 'endpoints'] as ResourceKind[])
      client.request(kind, { names: ['a', 'l'] });
    set(snapshotOf('2', { cluster: ['a=x'], endpoints: ['a'] }));
    server.push(full);
    assert.deepEqual(client.take(), ['cluster 1 a=']);
    await time.advance(5000);
    assert.equal(client.state.stalls, 1);
  });

  it('may leave in the middle of a push', async () => {
    const { client: connect, server, set, events, time } = rig(first, { slice: 1, sliceMillis: 0 });
    const clients = ['a', 'b', 'c'].map((id) => connect(id));
    for (const client of clients) {
      client.request('cluster', {});
      client.request('cluster', {});
      client.take();
    }
    set(snapshotOf('2', { cluster: ['a=x'], endpoints: ['a'] }));
    server.push(full);
    clients[1]!.close();
    clients[1]!.close();
    await time.advance(0);
    assert.deepEqual(
      clients.map((client) => client.take()),
      [['cluster 2 a=x'], [], ['cluster 2 a=x']],
    );
    assert.deepEqual(events, ['disconnected b']);
    assert.deepEqual(
      server.proxies().map(({ id }) => id),
      ['a', 'c'],
    );
  });
});
