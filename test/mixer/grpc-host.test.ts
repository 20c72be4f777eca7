import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Client, credentials, type ServiceError } from '@grpc/grpc-js';

import type { ListenAddress } from '../../src/mixer/address.js';
import { createGrpcHost } from '../../src/mixer/grpc-host.js';
import { RpcError, type RpcHost, type UnaryHandler } from '../../src/mixer/host.js';
import { deferred } from '../support/deferred.js';

const methods = new Map<string, UnaryHandler>([
  ['/t.S/Echo', (request) => Buffer.from(request)],
  ['/t.S/Later', (request) => Promise.resolve(Buffer.from(request))],
  [
    '/t.S/Refuse',
    () => {
      throw new RpcError(9, 'not now');
    },
  ],
  ['/t.S/RefuseLater', () => Promise.reject(new RpcError(14, 'not yet'))],
  [
    '/t.S/Bug',
    () => {
      throw new TypeError('a bug');
    },
  ],
  ['/t.S/BugLater', () => Promise.reject(new TypeError('a late bug'))],
  ['/t.S/Endless', () => Promise.reject(new RpcError(13, `\ud800${'é'.repeat(500_000)}`))],
]);
const options = { maxMessageSize: 1000, maxConcurrentStreams: 10 };
const anyPort: ListenAddress = { kind: 'tcp', host: '127.0.0.1', port: 0 };

interface Outcome {
  readonly code: number;
  readonly details?: string;
  readonly body?: Buffer;
}

function call(client: Client, method: string, body: Buffer): Promise<Outcome> {
  const same = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve) => {
    client.makeUnaryRequest(`/t.S/${method}`, same, same, body, (error: ServiceError | null, response?: Buffer) => {
      resolve(
        error === null
          ? { code: 0, ...(response && { body: response }) }
          : { code: error.code, details: error.details },
      );
    });
  });
}

describe('createGrpcHost()', () => {
  let host: RpcHost;
  let client: Client;
  before(async () => {
    host = createGrpcHost(methods, options);
    const bound = await host.listen(anyPort);
    client = new Client(`127.0.0.1:${bound.kind === 'tcp' ? bound.port : 0}`, credentials.createInsecure());
  });
  after(async () => {
    client.close();
    await host.close(1000);
  });

  for (const method of ['Echo', 'Later']) {
    it(`hands request bytes to ${method} and its bytes back`, async () => {
      assert.deepEqual((await call(client, method, Buffer.from('hello'))).body, Buffer.from('hello'));
    });
  }
  it('carries an empty message', async () => {
    assert.deepEqual((await call(client, 'Echo', Buffer.alloc(0))).body, Buffer.alloc(0));
  });
  it('answers with the status of an RpcError', async () => {
    assert.deepEqual(await call(client, 'Refuse', Buffer.alloc(1)), { code: 9, details: 'not now' });
    assert.deepEqual(await call(client, 'RefuseLater', Buffer.alloc(1)), { code: 14, details: 'not yet' });
  });
  it('answers INTERNAL when anything else is thrown', async () => {
    assert.deepEqual(await call(client, 'Bug', Buffer.alloc(1)), { code: 13, details: 'a bug' });
    assert.deepEqual(await call(client, 'BugLater', Buffer.alloc(1)), { code: 13, details: 'a late bug' });
  });

  it('answers with the beginning of a text that no header can hold, and goes on', async () => {
    const { code, details } = await call(client, 'Endless', Buffer.alloc(1));
    assert.equal(code, 13);
    assert.match(details ?? '', /^\ufffdé+\.\.\.$/);
    assert.deepEqual(await call(client, 'Echo', Buffer.from('on')), { code: 0, body: Buffer.from('on') });
  });
  it('answers UNIMPLEMENTED to an unknown method', async () => {
    assert.equal((await call(client, 'Nothing', Buffer.alloc(1))).code, 12);
  });
  it('answers RESOURCE_EXHAUSTED to a message over the limit and takes one at the limit', async () => {
    assert.equal((await call(client, 'Echo', Buffer.alloc(1001))).code, 8);
    assert.equal((await call(client, 'Echo', Buffer.alloc(1000))).code, 0);
  });
});

describe('createGrpcHost() on a unix socket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-host-'));
  after(() => rmSync(folder, { recursive: true }));

  it('serves, refuses a second server on a live socket, and removes the socket at the end', async () => {
    const path = join(folder, 'a.sock');
    const host = createGrpcHost(methods, options);
    assert.deepEqual(await host.listen({ kind: 'unix', path }), { kind: 'unix', path });
    const client = new Client(`unix:${path}`, credentials.createInsecure());
    assert.equal((await call(client, 'Echo', Buffer.from('x'))).code, 0);
    const second = createGrpcHost(methods, options);
    await assert.rejects(second.listen({ kind: 'unix', path }), { code: 'LISTEN_FAILED' });
    await second.close(0);
    assert.equal((await call(client, 'Echo', Buffer.from('x'))).code, 0);
    client.close();
    await host.close(1000);
    assert.ok(!existsSync(path));
  });
});

describe('close()', () => {
  it('lets a call under way end', async () => {
    const entered = deferred<undefined>();
    const gate = deferred<Buffer>();
    const host = createGrpcHost(
      new Map([
        [
          '/t.S/Wait',
          () => {
            entered.resolve(undefined);
            return gate.promise;
          },
        ],
      ]),
      options,
    );
    const bound = await host.listen(anyPort);
    const client = new Client(`127.0.0.1:${bound.kind === 'tcp' ? bound.port : 0}`, credentials.createInsecure());
    const answer = call(client, 'Wait', Buffer.alloc(1));
    await entered.promise;
    const closed = host.close(10_000);
    gate.resolve(Buffer.from('done'));
    assert.deepEqual((await answer).body, Buffer.from('done'));
    await closed;
    client.close();
  });

  it('cuts off what takes longer than the grace', async () => {
    const entered = deferred<undefined>();
    const host = createGrpcHost(
      new Map([
        [
          '/t.S/Wait',
          () => {
            entered.resolve(undefined);
            return new Promise<Buffer>(() => undefined);
          },
        ],
      ]),
      options,
    );
    const bound = await host.listen(anyPort);
    const client = new Client(`127.0.0.1:${bound.kind === 'tcp' ? bound.port : 0}`, credentials.createInsecure());
    const answer = call(client, 'Wait', Buffer.alloc(1));
    await entered.promise;
    await host.close(20);
    assert.notEqual((await answer).code, 0);
    client.close();
  });

  it('reports a port that is taken as LISTEN_FAILED', async () => {
    const host = createGrpcHost(methods, options);
    const bound = await host.listen(anyPort);
    const second = createGrpcHost(methods, options);
    await assert.rejects(second.listen(bound), { code: 'LISTEN_FAILED' });
    await host.close(100);
    await second.close(100);
  });
});
