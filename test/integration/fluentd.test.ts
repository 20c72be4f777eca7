import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import type { FluentServerOptions } from '@fluent-org/logger';
import fluentd from 'fairlead/adapters/fluentd';
import { Duration, type Env, type Handler, Timestamp, type Value } from 'fairlead/sdk';
import { logentry } from 'fairlead/templates';
import { decodeParams, fakeCall, type FakeEnv, fakeEnv, sampleInstance, sampleTypes } from 'fairlead/testing';
import { type ForwardServer, type RawServer, startForwardServer, startRawServer } from '../support/forward-server.js';
import { makeCertificate } from '../support/kube-server.js';
import { eventually, freePort, peer } from '../support/peer.js';
import { tempFolder } from '../support/temp-folder.js';

const open: (() => Promise<void>)[] = [];

async function serve(options: FluentServerOptions = {}, port = 0): Promise<ForwardServer> {
  const server = await startForwardServer(options, port);
  open.push(() => server.close());
  return server;
}

async function serveRaw(connected: Parameters<typeof startRawServer>[0]): Promise<RawServer> {
  const server = await startRawServer(connected);
  open.push(() => server.close());
  return server;
}

function entry(variables: Record<string, Value> = {}, timestamp = new Timestamp(1_548_496_421, 250_000_000)) {
  return sampleInstance(logentry, { name: 'al.logentry.ns', variables, timestamp, severity: 'info' });
}

async function build(params: string, env: Env): Promise<Handler<typeof logentry>> {
  const { config, problems } = decodeParams(fluentd, params);
  assert.deepEqual(problems, []);
  const types = { logentry: new Map([['al.logentry.ns', sampleTypes(logentry, entry())]]) };
  return fluentd.build({ name: 'h', config, types, env });
}

interface Fixture {
  readonly env: FakeEnv;
  /** Reports texts, one entry each. */
  readonly report: (...texts: readonly string[]) => void;
  readonly reportEntries: (...entries: readonly ReturnType<typeof entry>[]) => void;
  /** Lets the clock run, a second at a time, until this holds. */
  readonly until: (holds: () => boolean) => Promise<void>;
  readonly measured: (name: string) => number;
  readonly close: () => Promise<void>;
}

async function start(params: string): Promise<Fixture> {
  const env = fakeEnv();
  const handler = await build(`pushIntervalDuration: 1s\n${params}`, env);
  let isOpen = true;
  const until = async (holds: () => boolean): Promise<void> => {
    await eventually(async () => {
      await env.clock.advance(1000);
      return holds() || undefined;
    });
  };
  const all: Fixture = {
    env,
    report: (...texts) => all.reportEntries(...texts.map((text) => entry({ text }))),
    reportEntries: (...entries) => void handler.handleLogEntry(entries, fakeCall()),
    until,
    measured: (name) => {
      const [metric, reason] = name.split(':');
      return env.measured.get(`delivery_${metric}{queue="logs"${reason ? `,reason="${reason}"` : ''}}`) ?? 0;
    },
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      let isClosed = false;
      const closing = Promise.resolve(handler.close?.()).then(() => (isClosed = true));
      await until(() => isClosed);
      await closing;
      env.stop();
      assert.deepEqual(env.clock.failures, []);
    },
  };
  open.push(all.close);
  return all;
}

const texts = (server: ForwardServer): unknown[] => server.events.map(({ record }) => record['text']);

const modes = ['MESSAGE', 'PACKED_FORWARD'].flatMap((mode) =>
  [false, true].map((ack) => ({
    title: `${mode}${ack ? ' with acknowledgement' : ''}`,
    params: `eventMode: ${mode}\nrequireAck: ${ack}`,
  })),
);

describe('fluentd against a forward server', () => {
  afterEach(async () => {
    for (const end of open.splice(0).reverse()) await end();
  });

  for (const { title, params } of modes) {
    it(`delivers entries field by field: ${title}`, async () => {
      const server = await serve();
      const all = await start(`address: "${server.address}"\n${params}`);
      all.reportEntries(
        entry({
          text: 'añb',
          count: 7n,
          negative: -70_000n,
          ratio: 1.5,
          flag: true,
          elapsed: Duration.fromMillis(1500),
          time: new Timestamp(1_548_496_421, 250_000_000),
          address: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 7),
          labels: new Map([['version', 'v1']]),
        }),
        entry({ tag: 'other', text: 'b' }),
        entry({ text: 'c' }),
      );
      await all.until(() => all.measured('sent') === 3);
      const events = await server.received(3);
      const byText = new Map(events.map((event) => [event.record['text'], event]));
      assert.deepEqual(byText.get('añb'), {
        tag: 'al.logentry.ns',
        time: 1_548_496_421,
        record: {
          text: 'añb',
          count: 7,
          negative: -70_000,
          ratio: 1.5,
          flag: true,
          elapsed: '1.5s',
          time: '2019-01-26T09:53:41.250000Z',
          address: '10.0.0.7',
          labels: { version: 'v1' },
          severity: 'info',
        },
      });
      const record = { text: 'b', severity: 'info', name: 'al.logentry.ns' };
      assert.deepEqual(byText.get('b'), { tag: 'other', time: 1_548_496_421, record });
      assert.ok(byText.has('c'));
    });
  }

  it('sends nanoseconds when told so', async () => {
    const server = await serve();
    const all = await start(`address: "${server.address}"\nsubSecondPrecision: true\nintegerDuration: true`);
    all.reportEntries(entry({ elapsed: Duration.fromMillis(1500) }));
    await all.until(() => server.events.length === 1);
    const [event] = server.events;
    const { epoch, nano } = event!.time as { epoch: number; nano: number };
    assert.deepEqual([epoch, nano], [1_548_496_421, 250_000_000]);
    assert.equal(event!.record['elapsed'], 1500);
  });

  it('keeps all 64 bits of integers on the wire, and sends four parts as Mixer does', async () => {
    const server = await serveRaw(() => undefined);
    const all = await start(`address: "${server.address}"`);
    all.reportEntries(entry({ n: 9_007_199_254_740_993n }));
    await all.until(() => all.measured('sent') === 1);
    const hex = (text: string): string => Buffer.from(text).toString('hex');
    const time = (1_548_496_421).toString(16);
    const record = `82a1${hex('n')}d30020000000000001a8${hex('severity')}a4${hex('info')}`;
    await eventually(() => Promise.resolve(server.received().length > 0 || undefined));
    assert.equal(server.received().toString('hex'), `94ae${hex('al.logentry.ns')}d2${time}${record}c0`);
  });

  it('delivers ten thousand entries, and one of a megabyte, in order', async () => {
    for (const { params } of modes.filter(({ params: text }) => !text.includes('true') || text.includes('PACKED'))) {
      const server = await serve();
      const all = await start(`address: "${server.address}"\n${params}`);
      all.reportEntries(...Array.from({ length: 10_000 }, (_, index) => entry({ text: `${index}` })));
      all.report('x'.repeat(1_048_576));
      await all.until(() => server.events.length === 10_001);
      assert.deepEqual(
        texts(server).slice(0, -1),
        Array.from({ length: 10_000 }, (_, index) => `${index}`),
      );
      assert.equal((texts(server).at(-1) as string).length, 1_048_576);
    }
  });

  it('drops an entry that is larger than a batch, and one that finds no room', async () => {
    const server = await serve();
    const params = `address: "${server.address}"\nmaxBatchSizeBytes: 1000\ninstanceBufferSize: 1`;
    const all = await start(params);
    all.report('x'.repeat(1000));
    assert.throws(() => all.report('a', 'b'), /^Error: fluentd instance buffer full; dropping log entry$/);
    await all.until(() => server.events.length === 1 && all.measured('dropped:too_large') === 1);
    assert.equal(all.measured('dropped:queue_full'), 1);
  });

  it('brings out what waits when it is closed', async () => {
    const server = await serve();
    const all = await start(`address: "${server.address}"\nrequireAck: true`);
    all.report('a', 'b');
    await all.close();
    assert.deepEqual(texts(server), ['a', 'b']);
  });

  describe('with a shared key', () => {
    const folder = tempFolder({ key: 's3cret\n', wrong: 'other', password: 'p4ss\n' });
    const security = { serverHostname: 'server', sharedKey: 's3cret', authorize: false, userDict: {} };

    for (const { title, params } of modes) {
      it(`proves it: ${title}`, async () => {
        const server = await serve({ security });
        const all = await start(`address: "${server.address}"\n${params}\nsecurity: { sharedKeyFile: ${folder}/key }`);
        all.report('a', 'b');
        await all.until(() => server.events.length === 2);
        assert.deepEqual(texts(server), ['a', 'b']);
      });
    }

    it('gives user and password to a server that wants them', async () => {
      const server = await serve({ security: { ...security, authorize: true, userDict: { ann: 'p4ss' } } });
      const files = `sharedKeyFile: ${folder}/key, passwordFile: ${folder}/password`;
      const all = await start(
        `address: "${server.address}"\nsecurity: { ${files}, username: ann, clientHostname: me }`,
      );
      all.report('a');
      await all.until(() => server.events.length === 1);
    });

    it('says that the key is wrong, not what it is', async () => {
      const server = await serve({ security });
      const all = await start(`address: "${server.address}"\nsecurity: { sharedKeyFile: ${folder}/wrong }`);
      all.report('a');
      await all.until(() => all.env.logged.length > 0);
      assert.equal(all.env.logged[0]!.message, 'backend unreachable');
      assert.match(String(all.env.logged[0]!.fields['error']), /^127\.0\.0\.1:\d+: Authentication failed/);
      assert.doesNotMatch(JSON.stringify(all.env.logged), /s3cret|"other/);
    });

    it('says that a key is wanted when none is given', async () => {
      const server = await serve({ security });
      const all = await start(`address: "${server.address}"`);
      all.report('a');
      await all.until(() => all.env.logged.some(({ level }) => level === 'error'));
      assert.match(all.env.logged.find(({ level }) => level === 'error')!.message, /wants a shared key/);
    });

    it('is not built without its key', async () => {
      await assert.rejects(build(`security: { sharedKeyFile: ${folder}/nowhere }`, fakeEnv()), /ENOENT/);
    });
  });

  it('speaks TLS to a server that proves its name', peer('openssl', 'apt-get install openssl'), async () => {
    const { certPath: cert, keyPath: key } = makeCertificate(tempFolder());
    const server = await serve({ tlsOptions: { cert: readFileSync(cert), key: readFileSync(key) } });
    const trusting = await start(`address: "${server.address}"\nrequireAck: true\ntls: { caFile: ${cert} }`);
    trusting.report('a');
    await trusting.until(() => trusting.measured('sent') === 1);
    assert.deepEqual(texts(server), ['a']);
    const strict = await start(`address: "${server.address}"\ntls: {}`);
    strict.report('b');
    await strict.until(() => strict.env.logged.length > 0);
    assert.match(String(strict.env.logged[0]!.fields['error']), /SELF_SIGNED|self.signed/);
  });
});

describe('fluentd with a server that fails', () => {
  afterEach(async () => {
    for (const end of open.splice(0).reverse()) await end();
  });

  it('is built without a server, and delivers all when it comes', async () => {
    const port = await freePort();
    const all = await start(`address: "127.0.0.1:${port}"\nrequireAck: true`);
    all.report('a', 'b');
    await all.until(() => all.measured('circuit_open') === 1);
    all.report('c');
    const server = await serve({}, port);
    await all.until(() => all.measured('sent') === 3);
    assert.deepEqual(texts(server), ['a', 'b', 'c']);
    assert.deepEqual(
      all.env.logged.map(({ message }) => message),
      ['backend unreachable', 'backend is back'],
    );
  });

  it('goes on after the server was restarted', async () => {
    const first = await serve();
    const all = await start(`address: "${first.address}"\nrequireAck: true\neventMode: PACKED_FORWARD`);
    all.report('a');
    await all.until(() => all.measured('sent') === 1);
    await first.close();
    all.report('b');
    await all.until(() => all.measured('retries') > 0);
    const second = await serve({}, first.port);
    await all.until(() => all.measured('sent') === 2);
    assert.deepEqual(texts(second), ['b']);
  });

  const faults: Record<string, Parameters<typeof startRawServer>[0]> = {
    'closes at once': (socket) => socket.destroy(),
    'dies in the middle of a batch': (socket) => socket.once('data', () => socket.destroy()),
    'resets the connection': (socket) => socket.once('data', () => socket.resetAndDestroy()),
    hangs: (socket) => socket.pause(),
    'never answers': () => undefined,
    'answers garbage': (socket) => socket.once('data', () => socket.write(Buffer.alloc(5000, 0xc1))),
    'answers another message': (socket) => socket.once('data', () => socket.write(Buffer.from('c0c001a161', 'hex'))),
    'acknowledges another chunk': (socket) =>
      socket.once('data', () => socket.write(Buffer.from('81a361636ba178', 'hex'))),
    'closes in the middle of an answer': (socket) =>
      socket.once('data', () => socket.end(Buffer.from('81a361', 'hex'))),
    'answers without end': (socket) => socket.once('data', () => socket.write(Buffer.alloc(200_000, 0x91))),
    'floods with messages': (socket) => socket.write(Buffer.alloc(100_000, 0x01)),
  };
  const folder = tempFolder({ key: 's3cret' });

  for (const [fault, connected] of Object.entries(faults)) {
    for (const params of [
      'eventMode: MESSAGE',
      'eventMode: PACKED_FORWARD',
      `security: { sharedKeyFile: ${folder}/key }`,
    ]) {
      it(`survives one that ${fault}, drops by reason, and closes in time (${params.split('/')[0]})`, async () => {
        const server = await serveRaw(connected);
        const all = await start(
          `address: "${server.address}"\nrequireAck: true\npushTimeoutDuration: 1s\ninstanceBufferSize: 4\n${params}`,
        );
        all.report('a', 'b', 'c', 'd');
        assert.throws(() => all.report('e'), /buffer full/);
        await all.until(() => all.measured('circuit_open') === 1);
        assert.equal(all.measured('sent'), 0);
        await all.close();
        assert.equal(all.measured('dropped:queue_full'), 1);
        assert.equal(all.measured('dropped:closed'), 4);
      });
    }
  }

  it('takes back only what was not acknowledged when the connection breaks in between', async () => {
    const port = await freePort();
    const first = await serve({}, port);
    const all = await start(`address: "127.0.0.1:${port}"\nrequireAck: true\ninstanceBufferSize: 2000`);
    const wanted = Array.from({ length: 1000 }, (_, index) => `${index}`);
    all.report(...wanted);
    const pushed = all.until(() => all.measured('sent') === 1000);
    await first.received(1);
    await first.close();
    const second = await serve({}, port);
    await pushed;
    const got = [...texts(first), ...texts(second)];
    assert.deepEqual(
      [...new Set(got)].sort((a, b) => Number(a) - Number(b)),
      wanted,
    );
    assert.ok(got.length <= 1001, `${got.length} came for 1000`);
  });

  it('tells of a name that is not known', async () => {
    const all = await start('address: "nowhere.invalid:24224"');
    all.report('a');
    await all.until(() => all.env.logged.length > 0);
    assert.match(String(all.env.logged[0]!.fields['error']), /^nowhere\.invalid:24224: E(NOTFOUND|AI_AGAIN)$/);
  });
});
