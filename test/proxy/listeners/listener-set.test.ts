import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { tempFolder } from '../../support/temp-folder.js';
import { bodyOf, dial, getRequest, httpChain, listenerOf, readAll, talk, testSet, until } from './support.js';

const keepAlive = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';

test('a listener that has not changed is not touched', async () => {
  const { set, at, acceptors } = testSet();
  await set.apply([listenerOf([httpChain('web')])]);
  const address = at();
  assert.deepEqual(await set.apply([listenerOf([httpChain('web')])]), []);
  assert.deepEqual(at(), address);
  assert.deepEqual([acceptors.made, acceptors.drained], [['web'], []]);
});

test('a listener that has changed keeps its port and its connections; new ones get the new chains', async () => {
  const { set, at, acceptors } = testSet();
  await set.apply([listenerOf([httpChain('old'), httpChain('same', { match: { destinationPort: 1 } })])]);
  const address = at();
  const socket = await dial(address);
  socket.write(keepAlive);
  assert.match(String((await once(socket, 'data'))[0]), /old/);
  socket.write(keepAlive.slice(0, 9));
  const next = [httpChain('new'), httpChain('same', { match: { destinationPort: 2 } })];
  assert.deepEqual(await set.apply([listenerOf(next)]), []);
  assert.deepEqual(at(), address);
  assert.equal(bodyOf(await talk(address, getRequest)), 'new');
  socket.write(keepAlive.slice(9));
  assert.match(String((await once(socket, 'data'))[0]), /old/);
  assert.deepEqual([acceptors.made, acceptors.drained], [['old', 'same', 'new'], ['old']]);
});

test('an address that is in use is a problem, and the others go on', async () => {
  const { set, at } = testSet();
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  try {
    const problems = await set.apply([
      listenerOf([httpChain('a')], { name: 'a', port }),
      listenerOf([httpChain('b')], { name: 'b' }),
    ]);
    assert.deepEqual(problems, [{ listener: 'a', message: `127.0.0.1:${port} is in use` }]);
    assert.deepEqual([...set.addresses().keys()], ['b']);
    assert.equal(bodyOf(await talk(at('b'), getRequest)), 'b');
    const moved = await set.apply([listenerOf([httpChain('b2')], { name: 'b', port })]);
    assert.equal(moved.length, 1);
    assert.equal(bodyOf(await talk(at('b'), getRequest)), 'b');
  } finally {
    taken.close();
  }
});

test('what cannot be compiled is a problem, and the former listener stays', async () => {
  const { set, at, acceptors } = testSet();
  await set.apply([listenerOf([httpChain('web')])]);
  for (const chain of [{ name: 'none' }, httpChain('x', { match: { destinationSubnets: ['y'] } })]) {
    const problems = await set.apply([listenerOf([chain])]);
    assert.equal(problems.length, 1);
    assert.equal(bodyOf(await talk(at(), getRequest)), 'web');
  }
  await set.apply([listenerOf([httpChain('unused'), httpChain('web'), { name: 'none' }])]);
  assert.deepEqual(acceptors.drained, ['x', 'unused']);
});

test('a socket is a listener, which keeps its callers when it changes; a file of others is left alone', async () => {
  const folder = tempFolder({ 'file.sock': 'mine' });
  const { set } = testSet();
  const at = (name: string) => ({ name, address: `unix://${folder}/${name}.sock`, port: 0 });
  const ask = async (name: string): Promise<string> => {
    const socket = connect(`${folder}/${name}.sock`);
    socket.write(getRequest);
    return bodyOf(await readAll(socket));
  };
  const problems = await set.apply([listenerOf([httpChain('a')], at('in')), listenerOf([httpChain('b')], at('file'))]);
  assert.deepEqual(problems, [{ listener: 'file', message: `unix://${folder}/file.sock is in use` }]);
  assert.equal(readFileSync(`${folder}/file.sock`, 'utf8'), 'mine');
  assert.equal(await ask('in'), 'a');
  assert.deepEqual(await set.apply([listenerOf([httpChain('c')], { ...at('in'), name: 'other' })]), []);
  assert.equal(await ask('in'), 'c');
  await set.apply([]);
  assert.equal(existsSync(`${folder}/in.sock`), false);
});

test('two listeners of one address are a problem', async () => {
  const { set, at } = testSet();
  await set.apply([listenerOf([httpChain('web')])]);
  const { port } = at();
  const problems = await set.apply([
    listenerOf([httpChain('a')], { name: 'a', address: '127.0.0.2', port }),
    listenerOf([httpChain('b')], { name: 'b', address: '127.0.0.2', port }),
  ]);
  assert.deepEqual(problems, [{ listener: 'b', message: `another listener has 127.0.0.2:${port}` }]);
  assert.equal(bodyOf(await talk(at('a'), getRequest)), 'a');
});

test('a listener of another name takes over the socket of its address, and nobody is refused', async () => {
  const { set, at } = testSet();
  await set.apply([listenerOf([httpChain('web')])]);
  const { port } = at();
  await set.apply([listenerOf([httpChain('one')], { name: 'one', address: '127.0.0.3', port })]);
  assert.deepEqual(await set.apply([listenerOf([httpChain('two')], { name: 'two', address: '127.0.0.3', port })]), []);
  assert.deepEqual([...set.addresses().keys()], ['two']);
  assert.equal(bodyOf(await talk(at('two'), getRequest)), 'two');
});

test('a listener that is removed accepts no more, and its connections have a while to end', async () => {
  const { set, at, env, acceptors } = testSet({ drainMillis: 1000 });
  await set.apply([listenerOf([httpChain('web')])]);
  const address = at();
  const socket = await dial(address);
  socket.write(keepAlive.slice(0, 9));
  await until(env, () => acceptors.accepted.length > 0);
  await set.apply([]);
  await assert.rejects(dial(address), { code: 'ECONNREFUSED' });
  assert.deepEqual(acceptors.drained, ['web']);
  await env.time.advance(999);
  socket.write(keepAlive.slice(9));
  assert.match(String((await once(socket, 'data'))[0]), /web/);
  await env.time.advance(1);
  assert.equal(await readAll(socket), '');
});

test('draining ends as soon as the last connection does', async () => {
  const { set, at, env, acceptors } = testSet();
  await set.apply([listenerOf([httpChain('web')])]);
  const socket = await dial(at());
  socket.write(keepAlive.slice(0, 9));
  await until(env, () => acceptors.accepted.length > 0);
  let drained = false;
  const draining = set.drain().then(() => (drained = true));
  await env.time.advance(100);
  assert.equal(drained, false);
  socket.destroy();
  await draining;
  assert.equal(env.time.pending, 0);
  await set.drain();
});

test('closing ends everything at once, and what comes first is done first', async () => {
  const { set, at } = testSet();
  const applied = set.apply([listenerOf([httpChain('web')])]);
  await applied;
  const address = at();
  const socket = await dial(address);
  void set.drain();
  await set.close();
  assert.equal(await readAll(socket), '');
  await assert.rejects(dial(address), { code: 'ECONNREFUSED' });
});
