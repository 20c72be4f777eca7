import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { eventually } from '../../support/peer.js';
import { type RawAct, type RawUpstream, startRaw } from '../../support/raw-upstream.js';
import { type Act, type Harness, scriptedCluster, ScriptedEndpoint, serve } from './support.js';

// How long answers may take, from when on, and what that says of an endpoint.
let harness: Harness;
let socket: Socket | undefined;
afterEach(async () => {
  socket?.destroy();
  await harness.stop();
});

function until(isSo: () => boolean): Promise<unknown> {
  return eventually(() => Promise.resolve(isSo() ? true : undefined));
}

const seconds = (count: number) => ({ seconds: BigInt(count), nanos: 0 });
const head = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\n';

/** Serves one endpoint; what a caller hears is in `got`. */
async function start(act: Act, forward: object): Promise<{ endpoint: ScriptedEndpoint; got: () => string }> {
  const endpoint = new ScriptedEndpoint('a', [act]);
  harness = await serve({
    routes: [{ forward: { clusters: [{ name: 'c', weight: 1 }], ...forward } }],
    clusters: [scriptedCluster('c', [endpoint])],
  });
  socket = connect(harness.port, '127.0.0.1');
  await once(socket, 'connect');
  let got = '';
  socket.on('data', (chunk: Buffer) => (got += chunk.toString()));
  return { endpoint, got: () => got };
}

const limits = {
  'the timeout of a route': { timeout: seconds(3) },
  'the timeout of an attempt': { retry: { retries: 1, retryOn: ['connect-failure'], perTryTimeout: seconds(3) } },
};

for (const [name, forward] of Object.entries(limits)) {
  describe(name, () => {
    it('leaves a caller the time that it takes to send its body', async () => {
      const { endpoint, got } = await start('echo', forward);
      socket!.write(`${head}abc`);
      await until(() => endpoint.requests.length > 0);
      await harness.clock.advance(60_000);
      assert.equal(got(), '');
      socket!.write('def');
      await until(() => got().includes('abcdef'));
      assert.deepEqual([...harness.ended[0]!.flags], []);
    });

    it('begins with the end of the body', async () => {
      const { endpoint, got } = await start('hang', forward);
      endpoint.send = ({ body }) => {
        endpoint.requests.push({ method: '', url: '', headers: {}, body: '' });
        (body as NodeJS.ReadableStream).resume().on('end', () => (endpoint.requests[0]!.body = 'whole'));
        return { resume: () => undefined, cancel: () => undefined };
      };
      socket!.write(`${head}abc`);
      await until(() => endpoint.requests.length > 0);
      await harness.clock.advance(2900);
      socket!.write('def');
      await until(() => endpoint.requests[0]?.body === 'whole');
      await harness.clock.advance(2900);
      assert.equal(got(), '');
      await harness.clock.advance(100);
      await until(() => got().startsWith('HTTP/1.1 504 '));
      assert.deepEqual(endpoint.outcomes, ['gateway-failure']);
    });

    it('ends what an endpoint does not take', async () => {
      const { endpoint, got } = await start('hang', forward);
      endpoint.send = ({ body }) => {
        (body as NodeJS.ReadableStream).pause();
        endpoint.requests.push({ method: '', url: '', headers: {}, body: '' });
        return { resume: () => undefined, cancel: () => undefined };
      };
      const large = 400_000;
      socket!.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${large}\r\n\r\n${'x'.repeat(large)}`);
      await until(() => endpoint.requests.length > 0);
      await eventually(async () => {
        await harness.clock.advance(3000);
        return got().startsWith('HTTP/1.1 504 ') || undefined;
      });
      assert.deepEqual(endpoint.outcomes, ['gateway-failure']);
    });
  });
}

describe('a tunnel', () => {
  const wanting = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';
  const agreed = 'HTTP/1.1 101 Yes\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';
  let raw: RawUpstream;

  afterEach(() => raw.stop());
  const begin = async (act: RawAct): ReturnType<typeof start> => {
    raw = await startRaw({ '': act });
    const started = await start('hang', { websocket: true, timeout: seconds(3) });
    started.endpoint.onConnect = async () => connect(raw.port, '127.0.0.1');
    socket!.write(wanting);
    return started;
  };

  it('lives longer than the timeout of its route', async () => {
    const { got } = await begin((peer) => {
      peer.write(agreed);
      peer.once('data', (chunk) => void peer.write(chunk));
    });
    await until(() => got().includes('101'));
    await harness.clock.advance(60_000);
    socket!.write('still there');
    await until(() => got().endsWith('\r\n\r\nstill there'));
    assert.doesNotMatch(got(), /504/);
  });

  it('that nobody agrees to in time is 504, and is not joined afterwards', async () => {
    const { got } = await begin(() => undefined);
    await until(() => raw.heads.length > 0);
    await harness.clock.advance(3000);
    await until(() => got().endsWith('upstream request timeout'));
    await once(socket!, 'close');
    assert.match(got(), /^HTTP\/1.1 504 (?![^]*HTTP)/);
  });

  it('whose endpoint agrees too late is not joined, and has failed once', async () => {
    let peer: Socket | undefined;
    const { endpoint, got } = await begin((socket) => (peer = socket));
    await until(() => peer !== undefined);
    let isLeft = false;
    for (const event of ['end', 'close']) peer!.once(event, () => (isLeft = true));
    peer!.write(agreed.slice(0, -2));
    await harness.clock.advance(3000);
    peer!.write(agreed.slice(-2));
    await until(() => isLeft);
    await until(() => got().endsWith('upstream request timeout'));
    assert.doesNotMatch(got(), / 101 /);
    assert.deepEqual(endpoint.outcomes, ['gateway-failure']);
  });

  it('that is refused too slowly is cut', async () => {
    const { got } = await begin((peer) => void peer.write('HTTP/1.1 401 No\r\ncontent-length: 9\r\n\r\nha'));
    await until(() => got().endsWith('\r\nha'));
    await harness.clock.advance(3000);
    await until(() => harness.ended.length > 0);
    assert.deepEqual([...harness.ended[0]!.flags], ['UT']);
    assert.match(got(), /^HTTP\/1.1 401 (?![^]*HTTP)/);
  });

  const answers: Readonly<Record<string, readonly [act: RawAct, outcome: string, answer: RegExp]>> = {
    'is agreed to': [(peer) => void peer.write(agreed), 'success', /^HTTP\/1.1 101 /],
    'is refused': [
      (peer) => void peer.write('HTTP/1.1 401 No\r\ncontent-length: 2\r\n\r\nno'),
      'success',
      /^HTTP\/1.1 401 [^]*no$/,
    ],
    'is answered without a body': [
      (peer) => void peer.write('HTTP/1.1 204 No\r\n\r\n'),
      'success',
      /^HTTP\/1.1 204 (?![^]*(?:chunked|\n0))[^]*\r\n\r\n$/,
    ],
    'is unavailable': [
      (peer) => void peer.write('HTTP/1.1 503 No\r\ncontent-length: 2\r\n\r\nno'),
      'gateway-failure',
      /^HTTP\/1.1 503 [^]*no$/,
    ],
    'switches to nothing': [
      (peer) => void peer.write('HTTP/1.1 101 Yes\r\n\r\n'),
      'gateway-failure',
      /^HTTP\/1.1 502 |^HTTP\/1.1 503 /,
    ],
    'is cut': [(peer) => void peer.destroy(), 'gateway-failure', /^HTTP\/1.1 503 /],
  };
  for (const [what, [act, outcome, answer]] of Object.entries(answers)) {
    it(`that ${what} is a ${outcome} of its endpoint, and no more than that`, async () => {
      const { endpoint, got } = await begin(act);
      await until(() => answer.test(got()));
      assert.deepEqual(endpoint.outcomes, [outcome]);
    });
  }

  it('that finds nobody is a failure of its endpoint', async () => {
    raw = await startRaw({});
    const { endpoint, got } = await start('hang', { websocket: true });
    socket!.write(wanting);
    await until(() => got().startsWith('HTTP/1.1 503 '));
    assert.deepEqual(endpoint.outcomes, ['gateway-failure']);
  });
});

describe('an answer of gRPC', () => {
  const grpc = (status: string): Act => ({
    status: 200,
    headers: ['content-type', 'application/grpc', 'grpc-status', status],
  });

  for (const [status, outcome] of [
    ['14', 'gateway-failure'],
    ['4', 'gateway-failure'],
    ['5', 'success'],
    ['0', 'success'],
  ] as const) {
    it(`with status ${status} and nothing else is a ${outcome} of its endpoint`, async () => {
      const { endpoint, got } = await start(grpc(status), {});
      socket!.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
      await until(() => got().includes('grpc-status'));
      assert.deepEqual(endpoint.outcomes, [outcome]);
    });
  }
});
