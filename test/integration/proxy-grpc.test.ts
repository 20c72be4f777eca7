import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import {
  type Client,
  type ClientUnaryCall,
  credentials,
  makeGenericClientConstructor,
  Metadata,
  type ServiceDefinition,
  Server,
  ServerCredentials,
  type ServiceError,
  status,
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
} from '@grpc/grpc-js';
import { clusterAt, forwardTo, httpListener, type Rig, type RoutePart, startProxy } from '../support/proxy-rig.js';

// gRPC from a real client to a real server, through the proxy.
const text = {
  requestSerialize: (value: string) => Buffer.from(value),
  requestDeserialize: (bytes: Buffer) => bytes.toString(),
  responseSerialize: (value: string) => Buffer.from(value),
  responseDeserialize: (bytes: Buffer) => bytes.toString(),
};
const method = (name: string, requestStream = false, responseStream = false) => ({
  ...{ path: `/shop.Echo/${name}`, requestStream, responseStream, ...text },
});
const service = {
  Say: method('Say'),
  Fail: method('Fail'),
  Flaky: method('Flaky'),
  Hang: method('Hang'),
  Many: method('Many', false, true),
  Collect: method('Collect', true, false),
  Chat: method('Chat', true, true),
  Broken: method('Broken', false, true),
  Local: method('Local'),
  Nobody: method('Nobody'),
} satisfies ServiceDefinition;

let failures = 0;
let cancelled = 0;
type UnaryNames = 'Say' | 'Fail' | 'Flaky' | 'Hang' | 'Local' | 'Nobody';
const implementation: Record<UnaryNames, handleUnaryCall<string, string>> & {
  Many: handleServerStreamingCall<string, string>;
  Broken: handleServerStreamingCall<string, string>;
  Collect: handleClientStreamingCall<string, string>;
  Chat: handleBidiStreamingCall<string, string>;
} = {
  Say: (call, callback) => {
    const trailers = new Metadata();
    trailers.set('x-sum', '42');
    const head = new Metadata();
    head.set('x-head', String(call.metadata.get('x-mine')[0]));
    call.sendMetadata(head);
    callback(null, `you said ${call.request}`, trailers);
  },
  Fail: (_call, callback) => {
    const metadata = new Metadata();
    metadata.set('x-why', 'because');
    callback({ code: status.FAILED_PRECONDITION, details: 'not now, später', metadata });
  },
  Flaky: (_call, callback) => {
    if (++failures <= 2) callback({ code: status.UNAVAILABLE, details: 'come again' });
    else callback(null, `after ${failures}`);
  },
  Hang: (call) => void call.on('cancelled', () => (cancelled += 1)),
  Local: () => undefined,
  Nobody: () => undefined,
  Many: (call) => {
    for (let index = 0; index < 100; index++) call.write(`${index} ${'x'.repeat(10_000)}`);
    call.end();
  },
  Collect: (call, callback) => {
    let count = 0;
    call.on('data', () => (count += 1));
    call.on('end', () => callback(null, String(count)));
  },
  Chat: (call) => {
    call.on('data', (message: string) => call.write(`re: ${message}`));
    call.on('end', () => call.end());
  },
  Broken: (call) => {
    call.write('one');
    call.emit('error', { code: status.DATA_LOSS, details: 'gone' });
  },
};

type Unary = (
  message: string,
  metadata: Metadata,
  options: object,
  done: (error: ServiceError | null, answer?: string) => void,
) => ClientUnaryCall;

describe('gRPC through the proxy', { timeout: 180_000 }, () => {
  const server = new Server();
  let rig: Rig;
  let client: Client & Record<string, (...parameters: never[]) => unknown>;

  before(async () => {
    server.addService(service, implementation);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    const at = (name: string, part: RoutePart): RoutePart => ({ match: { exact: `/shop.Echo/${name}` }, ...part });
    const retry = { retries: 3, retryOn: ['unavailable'], baseWait: { nanos: 1_000_000 } };
    rig = await startProxy({
      listeners: [
        httpListener([
          at('Flaky', forwardTo('app', { retry })),
          at('Hang', forwardTo('app', { timeout: { nanos: 200_000_000 } })),
          at('Local', { directResponse: { code: 403, body: 'RBAC: access denied' } }),
          at('Nobody', forwardTo('nobody')),
          forwardTo('app'),
        ]),
      ],
      clusters: [clusterAt('app', [port], { http2: true }), clusterAt('nobody', [], { http2: true })],
    });
    const Made = makeGenericClientConstructor(service, 'Echo');
    client = new Made(`127.0.0.1:${rig.port()}`, credentials.createInsecure()) as unknown as typeof client;
  });
  after(async () => {
    client.close();
    server.forceShutdown();
    await rig.stop();
  });

  async function call(name: keyof typeof service, message: string, options: { deadline?: number; mine?: string } = {}) {
    const metadata = new Metadata();
    metadata.set('x-mine', options.mine ?? 'm');
    const unary = (client[name] as unknown as Unary).bind(client);
    const deadline = options.deadline === undefined ? {} : { deadline: Date.now() + options.deadline };
    let done!: (value: { error: ServiceError | null; answer: string | undefined }) => void;
    const answered = new Promise<{ error: ServiceError | null; answer: string | undefined }>(
      (resolve) => (done = resolve),
    );
    const made = unary(message, metadata, deadline, (error, answer) => done({ error, answer }));
    const heads: Metadata[] = [];
    made.on('metadata', (value: Metadata) => heads.push(value));
    const ended = once(made, 'status') as Promise<[{ metadata: Metadata }]>;
    const result = await answered;
    return { ...result, head: heads.at(0), trailers: (await ended)[0].metadata };
  }

  it('carries a call with its metadata and trailers', async () => {
    const { error, answer, head, trailers } = await call('Say', 'hello', { mine: 'own' });
    assert.deepEqual([error, answer], [null, 'you said hello']);
    assert.deepEqual([head?.get('x-head'), trailers.get('x-sum')], [['own'], ['42']]);
    assert.match(await rig.lineOf('/shop.Echo/Say'), /^200 - /);
  });

  it('carries messages of megabytes', async () => {
    const { answer } = await call('Say', 'x'.repeat(3_000_000));
    assert.equal(answer?.length, 3_000_009);
  });

  it('carries a status with its details and trailers', async () => {
    const { error } = await call('Fail', 'm');
    assert.deepEqual(
      [error?.code, error?.details, error?.metadata.get('x-why')],
      [status.FAILED_PRECONDITION, 'not now, später', ['because']],
    );
  });

  it('tries again while the upstream is unavailable', async () => {
    const { answer } = await call('Flaky', 'm');
    assert.deepEqual([answer, failures], ['after 3', 3]);
  });

  it('says unavailable when the route has no more time, and cancels at the upstream', async () => {
    const { error } = await call('Hang', 'm');
    assert.deepEqual([error?.code, error?.details], [status.UNAVAILABLE, 'upstream request timeout']);
    assert.match(await rig.lineOf('/shop.Echo/Hang'), /^200 UT /);
    assert.equal(cancelled, 1);
  });

  it('lets a caller run out of its own deadline', async () => {
    const { error } = await call('Hang', 'm', { deadline: 50 });
    assert.equal(error?.code, status.DEADLINE_EXCEEDED);
  });

  it('gives answers of its own as a status', async () => {
    const denied = await call('Local', 'm');
    assert.deepEqual([denied.error?.code, denied.error?.details], [status.PERMISSION_DENIED, 'RBAC: access denied']);
    const nobody = await call('Nobody', 'm');
    assert.deepEqual([nobody.error?.code, nobody.error?.details], [status.UNAVAILABLE, 'no healthy upstream']);
  });

  it('streams from the server', async () => {
    const stream = (client['Many'] as unknown as (message: string) => AsyncIterable<string>).call(client, 'go');
    let count = 0;
    for await (const message of stream) assert.equal(message.split(' ')[0], String(count++));
    assert.equal(count, 100);
  });

  it('streams from the client', async () => {
    let done!: (answer: string | undefined) => void;
    const answered = new Promise<string | undefined>((resolve) => (done = resolve));
    const collect = client['Collect'] as unknown as (
      callback: (error: ServiceError | null, answer?: string) => void,
    ) => NodeJS.WritableStream & { write(message: string): boolean };
    const stream = collect.call(client, (_error, answer) => done(answer));
    for (let index = 0; index < 100; index++) stream.write('x'.repeat(5000));
    stream.end();
    assert.equal(await answered, '100');
  });

  it('streams both ways, a message at a time', async () => {
    const chat = client['Chat'] as unknown as () => NodeJS.ReadWriteStream & { write(message: string): boolean };
    const stream = chat.call(client);
    for (const message of ['one', 'two', 'three']) {
      stream.write(message);
      assert.deepEqual(await once(stream, 'data'), [`re: ${message}`]);
    }
    const ended = once(stream, 'status') as Promise<[{ code: number }]>;
    stream.end();
    stream.resume();
    assert.equal((await ended)[0].code, status.OK);
  });

  it('carries a status that comes after messages', async () => {
    const stream = (client['Broken'] as unknown as (message: string) => AsyncIterable<string>).call(client, 'go');
    const seen: string[] = [];
    await assert.rejects(
      async () => {
        for await (const message of stream) seen.push(message);
      },
      { code: status.DATA_LOSS, details: 'gone' },
    );
    assert.deepEqual(seen, ['one']);
  });
});
