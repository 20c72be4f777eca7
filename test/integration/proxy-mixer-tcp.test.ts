import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { type CheckAnswer, Duration } from '../../src/client/index.js';
import type { DeepPartial } from '../../src/gen/fairlead/proxy/v1/config.js';
import type { MixerTransport, TcpMixer } from '../../src/gen/fairlead/proxy/v1/mixer.js';
import { allow, deny, grant, ScriptedMixer } from '../client/support/scripted-mixer.js';
import { type MixerRig, reportOf, startMixerProxy, text } from '../proxy/mixer/rig.js';
import { eventually } from '../support/peer.js';
import { clusterAt, destroyAll, listen, type ProxyPart } from '../support/proxy-rig.js';

// Connections of a TCP chain with a Mixer (mesh.md 1.5).
describe('a TCP chain with a Mixer', { timeout: 180_000 }, () => {
  const sockets = new Set<Socket>();
  let server: Server;
  let port = 0;
  let rig: MixerRig;
  let mixer: ScriptedMixer;

  before(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    port = await listen(server);
  });
  after(() => {
    server.close();
    destroyAll(sockets);
  });
  afterEach(async () => {
    destroyAll(sockets);
    sockets.clear();
    await rig.stop();
  });

  const config = (own: DeepPartial<TcpMixer>, transport: DeepPartial<MixerTransport> = {}): ProxyPart => ({
    node: { uid: 'kubernetes://db.shop', namespace: 'shop' },
    mixer: { disableReportBatch: true, ...transport },
    listeners: [
      {
        ...{ name: 'in', address: '127.0.0.1', port: 0 },
        chains: [{ name: 'tcp', tcp: { statPrefix: 'tcp', clusters: [{ name: 'db', weight: 1 }], mixer: own } }],
      },
    ],
    clusters: [clusterAt('db', [port])],
  });
  const start = async (own: DeepPartial<TcpMixer> = {}): Promise<void> => {
    mixer = new ScriptedMixer();
    rig = await startMixerProxy(config(own), () => mixer);
  };
  const open = async (): Promise<Socket> => {
    const socket = connect(rig.port(), '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.add(socket);
    await once(socket, 'connect');
    return socket;
  };
  const say = async (socket: Socket, words: string): Promise<void> => {
    let heard = '';
    const all = new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        heard += chunk.toString();
        if (heard.length === words.length) resolve();
      });
    });
    socket.write(words);
    await all;
    socket.removeAllListeners('data');
  };
  const bytes = (told: Record<string, unknown>) =>
    ['event', 'received.bytes', 'received.bytes_total', 'sent.bytes', 'sent.bytes_total'].map(
      (name) => told[`connection.${name}`],
    );

  it('tells of it when it opens, from time to time, and when it closes', async () => {
    await start({
      attributes: {
        attributes: { 'context.reporter.kind': text('inbound'), 'destination.service.host': text('db.shop.svc') },
      },
      reportInterval: { seconds: 2n, nanos: 0 },
    });
    const socket = await open();
    await say(socket, 'hello');
    const opened = await reportOf(mixer, 0);
    const {
      'connection.id': id,
      'context.time': _time,
      'destination.port': _port,
      ...rest
    } = Object.fromEntries(mixer.checks[0]!.attributes) as Record<string, unknown>;
    assert.match(String(id), /^[0-9a-f-]{36}-0$/);
    assert.deepEqual(rest, {
      'connection.mtls': false,
      'context.protocol': 'tcp',
      'context.reporter.kind': 'inbound',
      'context.reporter.uid': 'kubernetes://db.shop',
      'destination.namespace': 'shop',
      'destination.service.host': 'db.shop.svc',
      'destination.uid': 'kubernetes://db.shop',
      'origin.ip': Uint8Array.of(127, 0, 0, 1),
      'source.ip': Uint8Array.of(127, 0, 0, 1),
    });
    assert.deepEqual(bytes(opened), ['open', 0n, 0n, 0n, 0n]);
    await rig.clock.advance(2000);
    const first = await reportOf(mixer, 1);
    assert.deepEqual(bytes(first), ['continue', 5n, 5n, 5n, 5n]);
    assert.deepEqual([first['destination.ip'], first['destination.port']], ['127.0.0.1', BigInt(port)]);
    await say(socket, 'abc');
    await rig.clock.advance(2000);
    assert.deepEqual(bytes(await reportOf(mixer, 2)), ['continue', 3n, 8n, 3n, 8n]);
    await say(socket, 'xy');
    socket.end();
    await once(socket, 'close');
    const closed = await reportOf(mixer, 3);
    assert.deepEqual(bytes(closed), ['close', 2n, 10n, 2n, 10n]);
    assert.deepEqual(closed['connection.duration'], Duration.fromMillis(4000));
    assert.equal(closed['connection.id'], id);
    await rig.clock.advance(60_000);
    assert.equal(mixer.reports.length, 4);
    const { check_calls: checks, report_calls: reports } = rig.counters('tcp');
    assert.deepEqual([checks, reports], [1, 4]);
    assert.deepEqual(rig.counters('http'), {});
  });

  it('is closed without a byte when Mixer denies it', async () => {
    await start();
    mixer.script = () => deny(7, 'no');
    const socket = await open();
    let heard = 0;
    socket.on('data', (chunk: Buffer) => (heard += chunk.length));
    socket.write('hello');
    await once(socket, 'close');
    assert.equal(heard, 0);
    const told = await reportOf(mixer, 0);
    assert.deepEqual(
      [told['connection.event'], told['check.error_code'], told['check.error_message']],
      ['close', 7n, 'PERMISSION_DENIED:no'],
    );
    assert.equal(mixer.reports.length, 1);
  });

  it('is charged to its quotas', async () => {
    await start({ quotaRules: [{ matches: [], charges: [{ quota: 'connections', charge: 2n }] }] });
    mixer.script = () => allow({}, { connections: grant(0) });
    const socket = await open();
    await once(socket.resume(), 'close');
    assert.deepEqual(mixer.checks[0]!.quotas, [{ name: 'connections', amount: 2n, bestEffort: false }]);
    assert.equal((await reportOf(mixer, 0))['check.error_code'], 8n);
  });

  it('passes nothing on while Mixer thinks, and gives the question up when the connection ends', async () => {
    await start();
    let signal: AbortSignal | undefined;
    mixer.script = (_call, limits) => {
      ({ signal } = limits);
      return new Promise<CheckAnswer>(() => undefined);
    };
    const before = sockets.size;
    const socket = await open();
    socket.write('hello');
    await eventually(() => Promise.resolve(signal));
    // No upstream has been connected: the caller's is the only new socket.
    assert.equal(sockets.size, before + 1);
    // A caller that only stops sending may still want to hear; here the proxy itself ends it.
    await rig.proxy.close();
    assert.equal(signal?.aborted, true);
    assert.equal((await reportOf(mixer, 0))['connection.event'], 'close');
    assert.equal(rig.counters('tcp')['remote_call_cancellations'], 1);
  });

  for (const failOpen of [true, false]) {
    it(`fails ${failOpen ? 'open' : 'closed'} when Mixer hangs`, async () => {
      mixer = new ScriptedMixer(() => new Promise(() => undefined));
      rig = await startMixerProxy(config({}, { failOpen }), () => mixer);
      const socket = await open();
      const ended = failOpen ? say(socket, 'hello') : once(socket.resume(), 'close');
      await eventually(() => Promise.resolve(mixer.checks[0]));
      await rig.clock.advance(5000);
      await ended;
    });
  }

  it('is reported on through a new client when the Mixer changes', async () => {
    const [former, present] = [new ScriptedMixer(), new ScriptedMixer()];
    const ways = [former, former, present, present];
    rig = await startMixerProxy(config({}), () => ways.shift()!);
    const socket = await open();
    await say(socket, 'hello');
    await rig.apply(config({}, { failOpen: true }));
    await rig.clock.advance(10_000);
    assert.deepEqual(bytes(await reportOf(present, 0)), ['continue', 5n, 5n, 5n, 5n]);
    socket.destroy();
    assert.deepEqual(bytes(await reportOf(present, 1)), ['close', 0n, 5n, 0n, 5n]);
    assert.equal(former.reports.length, 1);
  });

  it('is reported for the last time when the proxy ends', async () => {
    await start();
    const socket = await open();
    await say(socket, 'hello');
    await rig.stop();
    assert.deepEqual(
      mixer.reports.map(([set]) => set!.get('connection.event')),
      ['open', 'close'],
    );
    assert.ok(mixer.closed > 0);
  });

  it('is neither checked nor reported when nobody wants that', async () => {
    await start({ disableCheck: true, disableReport: true });
    const socket = await open();
    await say(socket, 'hello');
    await rig.clock.advance(20_000);
    socket.destroy();
    await rig.clock.advance(0);
    assert.deepEqual([mixer.checks.length, mixer.reports.length], [0, 0]);
  });
});
