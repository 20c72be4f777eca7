import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findDangling } from '../../../src/pilot/xds/index.js';
import { rig, snapshotOf } from './support.js';

const sound = snapshotOf('1', { cluster: ['a'], endpoints: ['a'] });
const broken = snapshotOf('2', { cluster: ['a=x'], endpoints: [] });

describe('a snapshot', () => {
  it('is consistent when all that is referred to is there', () => {
    assert.deepEqual(findDangling(sound), []);
    assert.deepEqual(findDangling(broken), [{ kind: 'endpoints', name: 'a', from: { kind: 'cluster', name: 'a' } }]);
  });
});

describe('an xDS server', () => {
  it('waits until changes have settled, but not for ever', async () => {
    const { client: connect, server, set, time } = rig(sound);
    const client = connect();
    client.request('cluster', {});
    client.request('cluster', {});
    client.take();
    set(snapshotOf('2', { cluster: ['a=x'], endpoints: ['a'] }));
    server.notify({ kind: 'full' });
    await time.advance(99);
    assert.deepEqual(client.take(), []);
    await time.advance(1);
    assert.deepEqual(client.take(), ['cluster 2 a=x']);
    client.request('cluster', { nonce: `${server.proxies()[0]!.stream}.2` });
    set(snapshotOf('3', { cluster: ['a=y'], endpoints: ['a'] }));
    for (let millis = 0; millis < 9990; millis += 90) {
      server.notify({ kind: 'full' });
      await time.advance(90);
    }
    assert.deepEqual(client.take(), []);
    server.notify({ kind: 'full' });
    await time.advance(20);
    assert.deepEqual(client.take(), ['cluster 3 a=y']);
  });

  it('sends nothing of an inconsistent snapshot, and everything of the next sound one', () => {
    const { client: connect, server, set, events } = rig(sound);
    const client = connect();
    client.request('cluster', {});
    client.request('cluster', {});
    client.take();
    set(broken);
    server.push({ kind: 'full' });
    assert.deepEqual(client.take(), []);
    assert.deepEqual(events, ["inconsistent cluster 'a' needs endpoints 'a'"]);
    set(snapshotOf('3', { cluster: ['a=y'], endpoints: ['a'] }));
    server.push({ kind: 'endpoints', names: new Set(['a']) });
    assert.deepEqual(client.take(), ['cluster 3 a=y']);
  });

  it('keeps clients as they are when their configuration cannot be made', () => {
    const { client: connect, server, set } = rig(sound);
    const client = connect();
    client.request('cluster', {});
    client.request('cluster', {});
    client.take();
    set(() => {
      throw new Error('no');
    });
    server.push({ kind: 'full' });
    assert.deepEqual(client.take(), []);
    const late = connect('late');
    late.request('cluster', {});
    assert.deepEqual(late.take(), []);
    set(sound);
    server.push({ kind: 'full' });
    assert.deepEqual(late.take(), ['cluster 1 a=']);
  });

  it('does not lose a full push to one of endpoints that comes while it goes on', async () => {
    const { client: connect, server, set, time } = rig(sound, { slice: 1, sliceMillis: 0 });
    const clients = ['a', 'b'].map((id) => connect(id));
    for (const client of clients) {
      client.request('cluster', {});
      client.request('cluster', {});
      client.take();
    }
    set(snapshotOf('2', { cluster: ['a=x'], endpoints: ['a'] }));
    server.push({ kind: 'full' });
    server.push({ kind: 'endpoints', names: new Set(['a']) });
    await time.advance(0);
    await time.advance(0);
    assert.deepEqual(
      clients.map((client) => client.take()),
      [['cluster 2 a=x'], ['cluster 2 a=x']],
    );
  });

  it('leaves no timer behind', () => {
    const { client: connect, server, time } = rig(sound);
    const client = connect();
    client.state.reads = false;
    client.request('cluster', {});
    server.notify({ kind: 'full' });
    server.close();
    assert.equal(time.pending, 0);
    assert.deepEqual(server.proxies(), []);
  });
});
