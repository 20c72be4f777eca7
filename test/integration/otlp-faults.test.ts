import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { status } from '@grpc/grpc-js';
import {
  type Collector,
  type GrpcAnswer,
  type HttpAnswer,
  startGrpcCollector,
  startHttpCollector,
} from '../adapters/otlp/collector.js';
import { encodeResponse } from '../adapters/otlp/decode.js';
import { build, type Built } from '../adapters/otlp/setup.js';

type Run = (collector: Collector, built: Built) => Promise<void>;

const overHttp = async (answer: HttpAnswer, run: Run, more = ''): Promise<void> => {
  const collector = await startHttpCollector(answer);
  await runWith(collector, await build(`endpoint: ${collector.endpoint}\n${more}`), run);
};

const overGrpc = async (answer: GrpcAnswer, run: Run): Promise<void> => {
  const collector = await startGrpcCollector(answer);
  await runWith(collector, await build(`endpoint: ${collector.endpoint}\nprotocol: GRPC`), run);
};

async function runWith(collector: Collector, built: Built, run: Run): Promise<void> {
  try {
    await run(collector, built);
    await built.close();
  } finally {
    await collector.stop();
  }
}

const measured = ({ env }: Built, name: string): number => env.measured.get(name) ?? 0;
const sent = 'delivery_sent{queue="logs"}';
const retries = 'delivery_retries{queue="logs"}';
const rejected = 'delivery_dropped{queue="logs",reason="rejected"}';

for (const code of [429, 502, 503, 504]) {
  test(`HTTP ${code} means later`, () =>
    overHttp(
      (response, n) => void response.writeHead(n < 3 ? code : 200).end(),
      async ({ received }, built) => {
        built.log('l', { a: 1n });
        await built.until(() => measured(built, sent) === 1);
        assert.equal(received.length, 3);
        assert.deepEqual(received[2]!.request, received[0]!.request);
      },
    ));
}

for (const code of [301, 400, 401, 404, 408, 413, 500, 501]) {
  test(`HTTP ${code} means never`, () =>
    overHttp(
      (response) => void response.writeHead(code, { location: '/elsewhere' }).end('because'),
      async ({ received }, built) => {
        built.log('l', {});
        await built.until(() => measured(built, rejected) === 1);
        assert.equal(received.length, 1);
      },
    ));
}

test('a request that is too large over HTTP is sent in halves', () =>
  overHttp(
    (response, n) => void response.writeHead(n === 1 ? 413 : 200).end(),
    async ({ received }, built) => {
      built.log('l', { a: 1n });
      built.log('l', { a: 2n });
      await built.until(() => measured(built, sent) === 2);
      assert.equal(received.length, 3);
    },
  ));

test('a token that the collector repeats is not logged', () =>
  overHttp(
    (response) => void response.writeHead(401).end('who is s3cret-token?'),
    async (_collector, built) => {
      built.log('l', {});
      await built.until(() => measured(built, rejected) === 1);
      await built.until(() => built.env.logged.some(({ level }) => level === 'warn'));
      const text = JSON.stringify(built.env.logged);
      assert.match(text, /HTTP 401: who is \*\*\*\?/);
      assert.doesNotMatch(text, /s3cret/);
    },
    'headers: { authorization: Bearer s3cret-token }',
  ));

test('Retry-After is waited for', () =>
  overHttp(
    (response, n) => void response.writeHead(n === 1 ? 429 : 200, { 'retry-after': '120' }).end(),
    async ({ received }, built) => {
      built.log('l', {});
      await built.until(() => measured(built, retries) === 1);
      const before = built.env.clock.now();
      await built.until(() => received.length === 2, 5000);
      assert.ok(built.env.clock.now() - before >= 110_000);
      await built.until(() => measured(built, sent) === 1);
    },
  ));

test('a part that the collector refuses is not sent again', () =>
  overHttp(
    (response) => {
      response.setHeader('content-type', 'application/x-protobuf');
      response.end(encodeResponse({ rejected: 1, errorMessage: `too old ${'\u00e9'.repeat(200)}` }));
    },
    async ({ received }, built) => {
      built.log('l', {});
      built.log('l', {});
      await built.until(() => measured(built, rejected) === 1);
      assert.equal(measured(built, sent), 1);
      assert.equal(received.length, 1);
    },
  ));

test('a part that the collector refuses in JSON is not sent again', () =>
  overHttp(
    (response) => {
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.end('{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"too old"}}');
    },
    async (_collector, built) => {
      built.log('l', {});
      await built.until(() => measured(built, rejected) === 1);
    },
    'protocol: HTTP_JSON',
  ));

test('a warning of the collector is logged once', () =>
  overHttp(
    (response) => {
      response.setHeader('content-type', 'application/x-protobuf');
      response.end(encodeResponse({ errorMessage: 'use another name' }));
    },
    async (_collector, built) => {
      built.log('l', {});
      await built.until(() => measured(built, sent) === 1);
      built.log('l', {});
      await built.until(() => measured(built, sent) === 2);
      const warnings = built.env.logged.filter(({ fields }) => fields['warning'] !== undefined);
      assert.deepEqual(
        warnings.map(({ fields }) => fields['warning']),
        ['use another name'],
      );
    },
  ));

for (const [what, contentType, body] of [
  ['a page', 'text/html', '<html>'],
  ['half a message', 'application/x-protobuf', '\u000a\u007f'],
  ['groups in groups', 'application/x-protobuf', '\u000b'.repeat(60_000)],
  ['no JSON', 'application/json', '{'],
] as const) {
  test(`a 200 with ${what} is no success`, () =>
    overHttp(
      (response, n) => {
        response.setHeader('content-type', contentType);
        response.end(n === 1 ? body : '');
      },
      async ({ received }, built) => {
        built.log('l', {});
        await built.until(() => measured(built, sent) === 1);
        assert.equal(received.length, 2);
      },
    ));
}

test('an answer without an end is not read to the end', () =>
  overHttp(
    (response, n) => {
      response.setHeader('content-type', 'text/plain');
      if (n > 1) response.end();
      else for (let part = 0; part < 20; part += 1) response.write('x'.repeat(65_536));
    },
    async (_collector, built) => {
      built.log('l', {});
      await built.until(() => measured(built, sent) === 1);
    },
  ));

test('a collector that hangs costs its timeout and no request', () =>
  overHttp(
    (response, n) => {
      if (n > 1) response.end();
    },
    async (_collector, built) => {
      built.log('l', {});
      await built.until(() => measured(built, retries) === 1);
      built.log('l', {});
      await built.until(() => measured(built, sent) === 2);
    },
  ));

test('a connection that breaks in the middle of the answer means later', () =>
  overHttp(
    (response, n) => {
      if (n > 1) response.end();
      else {
        response.writeHead(200, { 'content-length': '100', 'content-type': 'application/x-protobuf' });
        response.write('x', () => response.destroy());
      }
    },
    async ({ received }, built) => {
      built.log('l', {});
      await built.until(() => measured(built, sent) === 1);
      assert.equal(received.length, 2);
    },
  ));

for (const code of [
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]) {
  test(`gRPC ${status[code]} means later`, () =>
    overGrpc(
      (n) => (n < 3 ? { code, details: 'later' } : {}),
      async ({ received }, built) => {
        built.log('l', {});
        await built.until(() => measured(built, sent) === 1);
        assert.equal(received.length, 3);
      },
    ));
}

for (const code of [
  status.UNKNOWN,
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.PERMISSION_DENIED,
  status.RESOURCE_EXHAUSTED,
  status.FAILED_PRECONDITION,
  status.UNIMPLEMENTED,
  status.INTERNAL,
  status.UNAUTHENTICATED,
]) {
  test(`gRPC ${status[code]} means never`, () =>
    overGrpc(
      () => ({ code, details: 'never' }),
      async ({ received }, built) => {
        built.log('l', {});
        await built.until(() => measured(built, rejected) === 1);
        assert.equal(received.length, 1);
      },
    ));
}

/** google.rpc.Status{code: 8, details: [RetryInfo{retryDelay: 90.5s}]}, byte by byte. */
function retryInfo(): Buffer {
  const field = (number: number, bytes: Uint8Array | string) => {
    const body = Buffer.from(bytes as string);
    return Buffer.concat([Buffer.of((number << 3) | 2, body.length), body]);
  };
  const delay = Buffer.of(0x08, 90, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01);
  const any = Buffer.concat([field(1, 'type.googleapis.com/google.rpc.RetryInfo'), field(2, field(1, delay))]);
  return Buffer.concat([Buffer.of(0x08, 8), field(2, 'slow down'), field(3, any)]);
}

for (const details of [
  'grpc: received message larger than max (5000000 vs. 4194304)',
  'Received message larger than max (5000000 vs. 4194304)',
  'gRPC message exceeds maximum size 4194304: 5000000',
]) {
  test(`gRPC RESOURCE_EXHAUSTED, ${details}: is sent in halves`, () =>
    overGrpc(
      (n) => (n === 1 ? { code: status.RESOURCE_EXHAUSTED, details } : {}),
      async ({ received }, built) => {
        built.log('l', {});
        built.log('l', {});
        await built.until(() => measured(built, sent) === 2);
        assert.equal(received.length, 3);
      },
    ));
}

test('gRPC RESOURCE_EXHAUSTED with a RetryInfo means after that', () =>
  overGrpc(
    (n) => (n === 1 ? { code: status.RESOURCE_EXHAUSTED, trailer: retryInfo() } : {}),
    async ({ received }, built) => {
      built.log('l', {});
      await built.until(() => measured(built, retries) === 1);
      const before = built.env.clock.now();
      await built.until(() => received.length === 2, 5000);
      assert.ok(built.env.clock.now() - before >= 80_000);
      await built.until(() => measured(built, sent) === 1);
    },
  ));

test('gRPC details that are garbage are passed over', () =>
  overGrpc(
    (n) => (n === 1 ? { code: status.UNAVAILABLE, trailer: Buffer.from('ffffff', 'hex') } : {}),
    async (_collector, built) => {
      built.log('l', {});
      await built.until(() => measured(built, sent) === 1);
    },
  ));

test('a part that the collector refuses over gRPC is not sent again', () =>
  overGrpc(
    () => ({ response: { partialSuccess: { rejected: 5, errorMessage: 'too old' } } }),
    async ({ received }, built) => {
      built.log('l', {});
      built.log('l', {});
      await built.until(() => measured(built, rejected) === 2);
      assert.equal(received.length, 1);
    },
  ));

test('a collector that hangs over gRPC costs its timeout and no request', () =>
  overGrpc(
    (n) => (n === 1 ? undefined : {}),
    async (_collector, built) => {
      built.log('l', {});
      await built.until(() => measured(built, sent) === 1);
      assert.equal(measured(built, retries), 1);
    },
  ));

for (const protocol of ['HTTP_PROTOBUF', 'GRPC'] as const) {
  const start = protocol === 'GRPC' ? startGrpcCollector : startHttpCollector;

  test(`what waited arrives when a dead collector comes up, by ${protocol}`, async () => {
    const dead = await start();
    await dead.stop();
    const built = await build(`endpoint: ${dead.endpoint}\nprotocol: ${protocol}`);
    built.log('l', { a: 1n });
    await built.until(() => measured(built, retries) >= 1);
    const alive = await start(undefined, { port: dead.port });
    await runWith(alive, built, async () => {
      await built.until(() => measured(built, sent) === 1);
      assert.equal(alive.received.length, 1);
    });
  });

  test(`a batch that was on its way when the collector died arrives at the next one, by ${protocol}`, async () => {
    const dying = await (protocol === 'GRPC'
      ? startGrpcCollector(() => undefined)
      : startHttpCollector(() => undefined));
    const built = await build(`endpoint: ${dying.endpoint}\nprotocol: ${protocol}`);
    built.log('l', { a: 1n });
    await built.until(() => dying.received.length === 1);
    await dying.stop();
    const next = await start(undefined, { port: dying.port });
    await runWith(next, built, async () => {
      await built.until(() => measured(built, sent) === 1, 100);
      assert.deepEqual(next.received[0]!.request, dying.received[0]!.request);
      assert.equal(measured(built, rejected), 0);
    });
  });

  test(`nobody at all: closing ends, and what waited is counted, by ${protocol}`, async () => {
    const dead = await start();
    await dead.stop();
    const built = await build(`endpoint: ${dead.endpoint}\nprotocol: ${protocol}`);
    built.log('l', {});
    built.count('m', 1n);
    built.trace();
    await built.close();
    const lost = [...built.env.measured].filter(([name]) => name.startsWith('delivery_dropped'));
    assert.equal(
      lost.reduce((sum, [, count]) => sum + count, 0),
      3,
    );
  });

  test(`garbage and a broken connection in place of an answer mean no success, by ${protocol}`, async () => {
    const sockets = new Set<Socket>();
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => {
        if (connections % 2 === 1) socket.end('\u0000\u0001garbage\r\n\r\n');
        else socket.resetAndDestroy();
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const built = await build(`endpoint: http://127.0.0.1:${port}\nprotocol: ${protocol}`);
    built.log('l', {});
    await built.until(() => measured(built, retries) >= 2);
    await built.close();
    assert.equal(measured(built, sent), 0);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
}
