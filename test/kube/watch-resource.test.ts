import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ResourceWatch, watchResource, type WatchState } from '../../src/kube/index.js';
import { FakeApi, listOf, thing } from './fake-api.js';

const selection = { version: 'v1', plural: 'things' };

function follow(api: FakeApi, options: { readonly maxObjects?: number } = {}) {
  const told: string[] = [];
  const states: WatchState[] = [];
  const watch: ResourceWatch<string> = watchResource<string>({
    connection: api,
    selection,
    timing: api.timing,
    ...options,
    prune: ({ metadata }) =>
      metadata.name === 'unwanted' ? undefined : `${metadata.name}@${metadata.resourceVersion}`,
    onSet: (value, before) => told.push(before === undefined ? `+${value}` : `${before}>${value}`),
    onDelete: (last) => told.push(`-${last}`),
    onState: (state) => states.push(state),
    onExcess: (limit) => told.push(`excess ${limit}`),
  });
  return { watch, told, states, values: () => [...watch.values()] };
}

const versionOf = (path: string | undefined): string | null =>
  new URL(path ?? '/', 'https://fake').searchParams.get('resourceVersion');

describe('following a resource', () => {
  it('lists, then watches from the version of the list', async () => {
    const api = new FakeApi().onList(listOf('7', ['a', 'b']));
    const { watch, told, states, values } = follow(api);
    assert.equal(watch.isSynced, false);
    await api.advance();
    assert.equal(watch.isSynced, true);
    assert.deepEqual(values(), ['a@7', 'b@7']);
    assert.deepEqual(told, ['+a@7', '+b@7']);
    assert.deepEqual(states, [{ kind: 'following', objects: 2 }]);
    assert.match(api.asked[0]!, /^\/api\/v1\/things\?limit=500$/);
    const query = new URL(api.asked[1]!, 'https://fake').searchParams;
    assert.equal(query.get('resourceVersion'), '7');
    assert.equal(query.get('allowWatchBookmarks'), 'true');
    await watch.stop();
    assert.equal(api.pending, 0);
  });

  it('takes over what is added, changed and deleted', async () => {
    const api = new FakeApi().onList(listOf('7', ['a']));
    const { watch, told } = follow(api);
    await api.advance();
    await api.watches[0]!.send(
      { type: 'ADDED', object: thing('b', '8') },
      { type: 'MODIFIED', object: thing('a', '9') },
      { type: 'MODIFIED', object: thing('a', '9') },
      { type: 'DELETED', object: thing('b', '10') },
      { type: 'ADDED', object: thing('unwanted', '11') },
    );
    assert.deepEqual(told, ['+a@7', '+b@8', 'a@7>a@9', '-b@8']);
    assert.equal(watch.get('a', 'default'), 'a@9');
    assert.equal(watch.size, 1);
    await watch.stop();
  });

  it('goes on from the last version when the server ends the watch or the connection breaks', async () => {
    const api = new FakeApi().onList(listOf('7', ['a']));
    const { watch, states } = follow(api);
    await api.advance(5000);
    await api.watches[0]!.send({ type: 'MODIFIED', object: thing('a', '9') });
    await api.watches[0]!.end();
    assert.equal(versionOf(api.watches[1]?.path), '9');
    await api.advance(5000);
    await api.watches[1]!.end(new Error('socket hang up'));
    assert.equal(versionOf(api.watches[2]?.path), '9');
    assert.equal(states.length, 1, 'neither is worth a word');
    assert.equal(api.asked.filter((path) => !path.includes('watch')).length, 1, 'there is one list');
    await watch.stop();
  });

  it('goes on from a bookmark', async () => {
    const api = new FakeApi().onList(listOf('7', ['a']));
    const { watch, told } = follow(api);
    await api.advance(5000);
    await api.watches[0]!.send({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '99' } } });
    await api.watches[0]!.end();
    assert.equal(versionOf(api.watches[1]?.path), '99');
    assert.deepEqual(told, ['+a@7']);
    await watch.stop();
  });

  for (const [as, refuse] of [
    ['a status', (api: FakeApi) => void api.onWatch({ status: 410, message: 'too old' })],
    ['an event', () => undefined],
  ] as const) {
    it(`lists anew, at once, when the version is gone, told by ${as}`, async () => {
      const api = new FakeApi().onList(listOf('7', ['a', 'b']), listOf('20', ['b', 'c']));
      const { watch, told, states } = follow(api);
      await api.advance(5000);
      refuse(api);
      if (as === 'an event') await api.watches[0]!.send({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
      else await api.watches[0]!.end();
      await api.advance();
      assert.deepEqual(told.slice(2), ['-a@7', 'b@7>b@20', '+c@20']);
      assert.equal(versionOf(api.watches[1]?.path), '20');
      assert.equal(states.length, 1, 'that is no failure');
      await watch.stop();
    });
  }

  it('does not list again and again when every version is gone', async () => {
    const api = new FakeApi();
    for (let round = 0; round < 1000; round += 1) api.onList(listOf('7', ['a'])).onWatch({ status: 410 });
    const { watch } = follow(api);
    await api.advance(60_000);
    assert.ok(api.asked.length < 30, `${api.asked.length} requests in a minute`);
    await watch.stop();
  });

  it('does not ask again and again when watches end as soon as they begin', async () => {
    const api = new FakeApi().onList(listOf('7', ['a']));
    for (let round = 0; round < 1000; round += 1) api.onWatch({});
    const { watch } = follow(api);
    await api.advance(60_000);
    assert.ok(api.asked.length < 30, `${api.asked.length} requests in a minute`);
    await watch.stop();
  });

  it('waits longer and longer for a server that is away, says so once, and says that it is back', async () => {
    const away = new Error('connect ECONNREFUSED');
    const api = new FakeApi().onList(...Array.from({ length: 5 }, () => away), listOf('7', ['a']));
    const { watch, states } = follow(api);
    await api.advance();
    const times: number[] = [api.asked.length];
    for (const millis of [250, 500, 1000, 2000]) {
      await api.advance(millis);
      times.push(api.asked.length);
    }
    assert.deepEqual(times, [1, 2, 3, 4, 5]);
    await api.advance(4000);
    assert.deepEqual(states, [
      { kind: 'failing', reason: 'connect ECONNREFUSED', status: undefined },
      { kind: 'following', objects: 1 },
    ]);
    await watch.stop();
  });

  it('keeps what it knows while the server is away', async () => {
    const api = new FakeApi().onList(listOf('7', ['a']));
    const { watch, states } = follow(api);
    await api.advance(5000);
    api.onWatch(new Error('away'), new Error('away'));
    await api.watches[0]!.end();
    assert.equal(watch.get('a', 'default'), 'a@7');
    assert.equal(states.at(-1)?.kind, 'failing');
    await api.advance(5000);
    assert.equal(states.at(-1)?.kind, 'following');
    assert.equal(versionOf(api.watches.at(-1)?.path), '7');
    await watch.stop();
  });

  it('says what the server said when it refuses', async () => {
    const api = new FakeApi().onList({ status: 403, message: 'things is forbidden' }, { status: 401 });
    const { watch, states } = follow(api);
    await api.advance(1000);
    assert.deepEqual(states, [
      { kind: 'failing', reason: 'the credentials do not allow it (403 things is forbidden)', status: 403 },
      { kind: 'failing', reason: 'the server does not accept the credentials (401)', status: 401 },
    ]);
    await watch.stop();
  });

  it('comes back no sooner than the server asks', async () => {
    const api = new FakeApi().onList({ status: 429, retryAfterMillis: 20_000 }, listOf('7', []));
    const { watch } = follow(api);
    await api.advance(19_000);
    assert.equal(api.asked.length, 1);
    await api.advance(2000);
    assert.equal(watch.isSynced, true);
    await watch.stop();
  });

  it('reads a list page by page', async () => {
    const api = new FakeApi().onList(
      listOf('7', ['a'], { continue: 'x' }),
      listOf('7', ['b'], { continue: 'y' }),
      listOf('7', ['c']),
    );
    const { watch, values } = follow(api);
    await api.advance();
    assert.deepEqual(values(), ['a@7', 'b@7', 'c@7']);
    assert.deepEqual(api.asked.slice(1, 3), [
      '/api/v1/things?limit=500&continue=x',
      '/api/v1/things?limit=500&continue=y',
    ]);
    await watch.stop();
  });

  it('does not go round in a list for ever', async () => {
    const again = listOf('7', ['a'], { continue: 'x' });
    const api = new FakeApi().onList(again, again, listOf('7', ['b']));
    const { watch, states, told } = follow(api);
    await api.advance();
    assert.deepEqual(states, [{ kind: 'failing', reason: 'the server sent the same page twice', status: undefined }]);
    await api.advance(1000);
    assert.deepEqual(told, ['+b@7']);
    await watch.stop();
  });

  it('starts a list over, in one piece, when a page has expired', async () => {
    const api = new FakeApi().onList(
      listOf('7', ['a'], { continue: 'x' }),
      { status: 410, message: 'continue is too old' },
      listOf('9', ['b']),
    );
    const { watch, told } = follow(api);
    await api.advance();
    assert.deepEqual(told, ['+b@9']);
    assert.equal(api.asked[2], '/api/v1/things');
    await watch.stop();
  });

  it('keeps no more objects than it may, and says so once for each list', async () => {
    const api = new FakeApi().onList(listOf('7', ['a', 'b', 'c', 'd']));
    const { watch, told } = follow(api, { maxObjects: 2 });
    await api.advance();
    await api.watches[0]!.send({ type: 'ADDED', object: thing('e', '8') });
    assert.deepEqual(told, ['excess 2', '+a@7', '+b@7']);
    await api.watches[0]!.send(
      { type: 'DELETED', object: thing('a', '9') },
      { type: 'ADDED', object: thing('f', '10') },
    );
    assert.deepEqual(told.slice(3), ['-a@7', '+f@10']);
    await watch.stop();
  });

  it('gives up a watch that has not ended in time, and goes on', async () => {
    const api = new FakeApi().onList(listOf('7', ['a']));
    const { watch } = follow(api);
    await api.advance();
    await api.advance(331_000);
    assert.equal(api.watches.length, 2);
    assert.equal(versionOf(api.watches[1]!.path), '7');
    await watch.stop();
  });

  it('gives up a list that does not come', async () => {
    const api = new FakeApi();
    const { watch, states } = follow(api);
    await api.advance();
    await api.advance(60_000);
    assert.deepEqual(states, [{ kind: 'failing', reason: 'a list did not come within 60 s', status: undefined }]);
    await watch.stop();
    assert.equal(api.pending, 0);
  });

  it('lists anew when the server sends what is no event', async () => {
    const api = new FakeApi().onList(listOf('7', ['a']), listOf('9', ['b']));
    const { watch, values } = follow(api);
    await api.advance(5000);
    await api.watches[0]!.sendText('<html>\n');
    assert.deepEqual(values(), ['b@9']);
    await watch.stop();
  });

  it('lists anew when the server keeps failing at one version', async () => {
    const api = new FakeApi().onList(listOf('7', ['a']), listOf('9', ['b']));
    const { watch, values } = follow(api);
    await api.advance();
    api.onWatch({ status: 500 }, { status: 500 }, { status: 500 });
    await api.watches[0]!.end();
    await api.advance(1000);
    assert.deepEqual(values(), ['a@7']);
    await api.advance(10_000);
    assert.deepEqual(values(), ['b@9']);
    await watch.stop();
  });

  it('puts events together that come in pieces', async () => {
    const api = new FakeApi().onList(listOf('7', []));
    const { watch, values } = follow(api);
    await api.advance();
    const text = `${JSON.stringify({ type: 'ADDED', object: thing('a', '8') })}\n`;
    await api.watches[0]!.sendText(text.slice(0, 20));
    await api.watches[0]!.sendText(text.slice(20));
    assert.deepEqual(values(), ['a@8']);
    await watch.stop();
  });

  it('passes over objects without a name and names that are no names', async () => {
    const api = new FakeApi().onList({ metadata: { resourceVersion: '7' }, items: [null, 7, {}, { metadata: {} }] });
    const { watch, values } = follow(api);
    await api.advance();
    await api.watches[0]!.send({ type: 'ADDED', object: thing('__proto__', '8') });
    assert.deepEqual(values(), ['__proto__@8']);
    await watch.stop();
  });

  it('ends at any time without a word, and leaves nothing behind', async () => {
    for (const prepare of [
      () => new FakeApi(),
      () => new FakeApi().onList(new Error('away')),
      () => new FakeApi().onList(listOf('7', ['a'])),
    ]) {
      const api = prepare();
      const { watch, states } = follow(api);
      await api.advance();
      const before = states.length;
      await watch.stop();
      await watch.stop();
      await api.advance(3_600_000);
      assert.equal(states.length, before);
      assert.equal(api.pending, 0);
      assert.ok(api.asked.length <= 2);
    }
  });
});
