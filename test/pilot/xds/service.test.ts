import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { type ClientDuplexStream, credentials, Server, type ServiceError, status } from '@grpc/grpc-js';
import {
  AggregatedDiscoveryServiceClient as Client,
  AggregatedDiscoveryServiceService as Service,
} from '../../../src/gen/envoy/service/discovery/v3/ads.js';
import {
  DeltaDiscoveryRequest,
  DiscoveryRequest,
  type DiscoveryResponse,
} from '../../../src/gen/envoy/service/discovery/v3/discovery.js';
import { addXdsService, createXdsServer, typeUrls, type XdsServer } from '../../../src/pilot/xds/index.js';
import { eventually } from '../../support/peer.js';
import { bind, realEnv } from './net.js';
import { snapshotOf } from './support.js';

const typeUrl = typeUrls.cluster;
const node = { id: 'a', cluster: '', metadata: {}, locality: undefined, userAgentName: '', clientFeatures: [] };
type Stream = ClientDuplexStream<DiscoveryRequest, DiscoveryResponse>;

describe('xDS over gRPC', () => {
  const grpc = new Server();
  const dropped: string[] = [];
  const sent: number[] = [];
  let port = 0;
  let server: XdsServer;
  let client: Client;
  const big = 'x'.repeat(1_000_000);
  let version = 1;

  before(async () => {
    server = createXdsServer({
      env: realEnv(),
      limits: { writeMillis: 300, ackMillis: 20, names: 100, requests: { burst: 50, perSecond: 1000 } },
      observer: { dropped: (reason) => dropped.push(reason), sent: (_kind, { bytes }) => sent.push(bytes) },
      snapshotFor: ({ id }) =>
        snapshotOf(String(version), { cluster: [id === 'big' ? `a=${version}${big}` : 'a'], endpoints: ['a'] }),
    });
    addXdsService(grpc, server);
    ({ port } = await bind(grpc));
    client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  });
  after(() => {
    client.close();
    server.close();
    grpc.forceShutdown();
  });

  const open = (): { stream: Stream; failed: Promise<ServiceError> } => {
    const stream = client.streamAggregatedResources();
    const failed = new Promise<ServiceError>((resolve) => stream.on('error', resolve));
    return { stream, failed };
  };
  const ask = (stream: Stream, more: Partial<DiscoveryRequest> = {}): void => {
    stream.write(DiscoveryRequest.create({ typeUrl, node, ...more }));
  };
  const openRaw = (session: ClientHttp2Session): ClientHttp2Stream => {
    const headers = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' };
    const stream = session.request({ ...headers, ':path': Service.streamAggregatedResources.path });
    session.on('error', () => undefined);
    stream.on('error', () => undefined);
    return stream;
  };
  const noneLeft = (): Promise<true> => eventually(() => Promise.resolve(server.proxies().length === 0 || undefined));

  it('answers, and forgets a client that ends or breaks off', async () => {
    for (const leave of ['end', 'cancel'] as const) {
      const { stream } = open();
      ask(stream);
      const [response] = (await once(stream, 'data')) as [DiscoveryResponse];
      assert.equal(response.resources[0]?.typeUrl, typeUrl);
      assert.equal(server.proxies().length, 1);
      stream[leave]();
      await noneLeft();
    }
  });

  it('refuses who does not say who it is', async () => {
    for (const nobody of [undefined, { ...node, id: '' }]) {
      const { stream, failed } = open();
      ask(stream, { node: nobody });
      stream.resume();
      assert.equal((await failed).code, status.INVALID_ARGUMENT);
    }
    await noneLeft();
  });

  it('refuses more names than anyone needs', async () => {
    const { stream, failed } = open();
    ask(stream, { resourceNames: Array.from({ length: 101 }, (_, index) => String(index)) });
    stream.resume();
    assert.equal((await failed).code, status.RESOURCE_EXHAUSTED);
    await noneLeft();
  });

  it('refuses who names more and more', async () => {
    const stream = client.deltaAggregatedResources();
    const failed = once(stream, 'error') as Promise<[ServiceError]>;
    stream.resume();
    for (let count = 0; count < 101; count += 1) {
      stream.write(DeltaDiscoveryRequest.create({ typeUrl, node, resourceNamesSubscribe: [`n${count}`] }));
    }
    assert.equal((await failed)[0].code, status.RESOURCE_EXHAUSTED);
    await noneLeft();
  });

  it('keeps to what a client said at first, though it says to be another one later', async () => {
    const { stream } = open();
    ask(stream);
    const [response] = (await once(stream, 'data')) as [DiscoveryResponse];
    ask(stream, { node: { ...node, id: 'big' }, responseNonce: response.nonce });
    ask(stream, { node: undefined, typeUrl: typeUrls.endpoints, resourceNames: ['a'] });
    await once(stream, 'data');
    assert.deepEqual(
      server.proxies().map(({ id }) => id),
      ['a'],
    );
    stream.cancel();
    await noneLeft();
  });

  it('survives what is no message, and ends the stream that it comes on', async () => {
    const request = DiscoveryRequest.encode(DiscoveryRequest.create({ typeUrl, node })).finish();
    const frame = (bytes: Uint8Array, length = bytes.length): Buffer => {
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(length, 1);
      return Buffer.concat([prefix, bytes]);
    };
    const garbage = [
      frame(Buffer.from('this is no protobuf at all')),
      frame(request.subarray(0, request.length - 3)),
      frame(Buffer.concat([request, Buffer.alloc(400, 26)])),
      frame(Buffer.alloc(0)),
      frame(request, 0xffff_ffff),
    ];
    const { stream: good } = open();
    ask(good);
    await once(good, 'data');
    const session = connect(`http://127.0.0.1:${port}`);
    try {
      for (const [index, bytes] of garbage.entries()) {
        const stream = openRaw(session);
        const signal = AbortSignal.timeout(60_000);
        const ended = Promise.race([once(stream, 'end', { signal }), once(stream, 'close', { signal })]);
        stream.resume();
        stream.write(bytes);
        await ended.catch(() => assert.fail(`the stream of garbage ${index} goes on`));
        stream.destroy();
      }
      assert.equal(server.proxies().length, 1);
      ask(good, { typeUrl: 'type.googleapis.com/nobody.knows.This' });
      ask(good, { typeUrl: typeUrls.endpoints, resourceNames: ['a'] });
      await once(good, 'data');
    } finally {
      session.destroy();
      good.cancel();
    }
    await noneLeft();
  });

  it('goes on for others when a client breaks off in the middle of a response', async () => {
    const { stream: good } = open();
    ask(good);
    await once(good, 'data');
    for (let count = 0; count < 5; count += 1) {
      const session = connect(`http://127.0.0.1:${port}`);
      const stream = openRaw(session);
      const bytes = DiscoveryRequest.encode(
        DiscoveryRequest.create({ typeUrl, node: { ...node, id: 'big' } }),
      ).finish();
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(bytes.length, 1);
      stream.write(Buffer.concat([prefix, bytes]));
      await once(stream, 'data');
      session.destroy();
    }
    version += 1;
    server.push({ kind: 'full' });
    ask(good, { typeUrl: typeUrls.endpoints, resourceNames: ['a'] });
    await once(good, 'data');
    assert.equal(good.destroyed, false);
    good.cancel();
    await noneLeft();
  });

  it('takes a flood of requests slowly, and answers others meanwhile', async () => {
    const flood = open().stream;
    flood.resume();
    for (let count = 0; count < 500; count += 1) ask(flood, { resourceNames: [`n${count}`] });
    const { stream } = open();
    ask(stream);
    await once(stream, 'data');
    assert.equal(server.proxies().length, 2);
    flood.cancel();
    stream.cancel();
    await noneLeft();
  });

  it('ends the stream of a client that does not read, without more for it in memory than one response', async () => {
    sent.length = 0;
    const session = connect(`http://127.0.0.1:${port}`);
    const stream = openRaw(session);
    const closed = once(stream, 'close');
    const message = DiscoveryRequest.encode(
      DiscoveryRequest.create({ typeUrl, node: { ...node, id: 'big' } }),
    ).finish();
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    stream.write(Buffer.concat([prefix, message]));
    const pushing = setInterval(() => {
      version += 1;
      server.push({ kind: 'full' });
    }, 30);
    try {
      await eventually(() => Promise.resolve(dropped.includes('write_timeout') || undefined));
      await noneLeft();
      assert.ok(sent.filter((bytes) => bytes > 1_000_000).length <= 2, String(sent.length));
    } finally {
      clearInterval(pushing);
      stream.destroy();
      await closed;
      session.destroy();
    }
  });
});
