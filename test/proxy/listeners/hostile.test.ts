import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { makeCertificate } from './certificates.js';
import { proxyHeaderV2 } from './proxy-protocol.js';
import { bodyOf, dial, getRequest, httpChain, listenerOf, readAll, talk, testSet, until } from './support.js';

const certificate = makeCertificate({ name: 'server', dns: ['a.test'] });
const tls = { certificateFile: 'x.crt', privateKeyFile: 'x.key' };
const readFile = async (path: string): Promise<Buffer> =>
  Buffer.from(path.endsWith('.key') ? certificate.key : certificate.cert);

const starts: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n'),
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]),
  Buffer.from([22, 3, 1]),
  proxyHeaderV2(0x21, 0x11, Buffer.alloc(12)),
  Buffer.from('GET / HTTP/1.1\r\n'),
];

let state = 7;
function random(below: number): number {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return state % below;
}

for (const proxyProtocol of [false, true]) {
  test(`noise ${proxyProtocol ? 'before a PROXY header' : 'at the beginning'} closes its own connection only`, async () => {
    const { set, at, env } = testSet({ readFile });
    await set.apply([listenerOf([httpChain('plain'), httpChain('secure', { tls })], { proxyProtocol })]);
    const bystander = await dial(at());
    const active = (): number => set.listenerStats().get('l')?.get('downstream_cx_active') ?? 0;
    for (let round = 0; round < 150; round++) {
      const noise = Buffer.from(Array.from({ length: random(600) }, () => random(256)));
      const socket = await dial(at());
      socket.write(Buffer.concat([starts[random(starts.length)]!, noise]));
      const end = [() => socket.end(), () => socket.resetAndDestroy(), () => setImmediate(() => socket.destroy())];
      end[random(3)]!();
      socket.resume();
    }
    await until(env, () => active() <= 1);
    const header = proxyProtocol ? 'PROXY UNKNOWN\r\n' : '';
    bystander.write(header + getRequest);
    assert.equal(bodyOf(await readAll(bystander)), 'plain');
    bystander.destroy();
    await until(env, () => active() === 0);
    assert.equal(env.time.pending, 0);
  });
}

test('a handshake that is broken off at any time leaves nothing behind', async () => {
  const { set, at, env } = testSet({ readFile });
  await set.apply([listenerOf([httpChain('secure', { tls })])]);
  const active = (): number => set.listenerStats().get('l')?.get('downstream_cx_active') ?? 0;
  for (let round = 0; round < 30; round++) {
    const raw = await dial(at());
    const socket = connect({ socket: raw, rejectUnauthorized: false });
    socket.on('error', () => undefined);
    if (round % 2 === 1) await once(socket, 'secureConnect');
    raw.resetAndDestroy();
  }
  await until(env, () => active() === 0);
  assert.equal(env.time.pending, 0);
  const socket = connect({ socket: await dial(at()), rejectUnauthorized: false });
  socket.write(getRequest);
  assert.equal(bodyOf(await readAll(socket)), 'secure');
  assert.equal(await talk(at(), 'no TLS'), '');
});
