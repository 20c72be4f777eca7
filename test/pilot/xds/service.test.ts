import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { type ClientDuplexStream, credentials, Server, type ServiceError, status } from '@grpc/grpc-js';
import {
  AggregatedDiscoveryServiceClient as Client,
  AggregatedDiscoveryServiceService as Service,
} from '../../../src/gen/envoy/service/discovery/v3/ads.js';
import { DiscoveryRequest, type DiscoveryResponse } from '../../../src/gen/envoy/service/discovery/v3/discovery.js';
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
  const noneLeft = (): Promise<true> =>
    eventually(() => Promise.resolve(server.proxies().length === 0 || undefined), 5000);

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
    const session = connect(`http://127.0.0.1:${port}`);
    const headers = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' };
    const stream = session.request({ ...headers, ':path': Service.streamAggregatedResources.path });
    stream.on('error', () => undefined);
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
      await eventually(() => Promise.resolve(dropped.includes('write_timeout') || undefined), 8000);
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
