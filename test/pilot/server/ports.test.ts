import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Settings } from 'node:http2';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { credentials } from '@grpc/grpc-js';
import { AggregatedDiscoveryServiceClient } from '../../../src/gen/envoy/service/discovery/v3/ads.js';
import { Node } from '../../../src/gen/envoy/config/core/v3/base.js';
import { DiscoveryRequest, type DiscoveryResponse } from '../../../src/gen/envoy/service/discovery/v3/discovery.js';
import { type ListenAt, openGrpcPort, openHttpPort } from '../../../src/pilot/index.js';
import { createSnapshot, createXdsServer, typeUrls } from '../../../src/pilot/xds/index.js';
import { makeCertificate } from '../../support/kube-server.js';
import { tempFolder } from '../../support/temp-folder.js';
import { realEnv } from '../xds/net.js';

const at: ListenAt = { host: '127.0.0.1', port: 0 };
const keepAlive = { maxAgeMillis: 0, intervalMillis: 30_000, timeoutMillis: 10_000 };

describe('a port of xDS', () => {
  const folder = tempFolder();
  const [server, client] = [makeCertificate(folder), makeCertificate(folder, 'client')];
  const xds = createXdsServer({ env: realEnv(), snapshotFor: () => createSnapshot('1', {}) });
  after(() => xds.close());
  const ask = async (port: number, given: ReturnType<typeof credentials.createSsl>): Promise<string> => {
    const stub = new AggregatedDiscoveryServiceClient(`127.0.0.1:${port}`, given);
    const stream = stub.streamAggregatedResources();
    try {
      stream.write(DiscoveryRequest.create({ node: Node.create({ id: 'a' }), typeUrl: typeUrls.cluster }));
      const [answer] = (await once(stream, 'data')) as [DiscoveryResponse];
      return answer.versionInfo;
    } finally {
      stream.on('error', () => undefined).cancel();
      stub.close();
    }
  };

  it('asks for certificates of clients where it has an authority for them', { timeout: 60_000 }, async () => {
    const tls = { certFile: server.certPath, keyFile: server.keyPath, caFile: client.certPath };
    const port = await openGrpcPort(xds, { at, keepAlive, tls });
    const [root, key, chain] = [server.cert, client.key, client.cert].map((text) => Buffer.from(text));
    assert.equal(await ask(port.at.port, credentials.createSsl(root, key, chain)), '1');
    await assert.rejects(ask(port.at.port, credentials.createSsl(root)));
    await port.close(0);
  });

  it('has bounds for the streams of one connection', { timeout: 60_000 }, async () => {
    const port = await openGrpcPort(xds, { at, keepAlive });
    const session = connect(`http://127.0.0.1:${port.at.port}`);
    const [settings] = (await once(session, 'remoteSettings')) as [Settings];
    assert.equal(settings.maxConcurrentStreams, 1000);
    session.destroy();
    await port.close(0);
  });

  it('says what is wrong with certificates, and who has its place', { timeout: 60_000 }, async () => {
    const odd = join(folder, 'odd.pem');
    writeFileSync(odd, 'odd');
    for (const [certFile, told] of [
      [join(folder, 'no.pem'), /cannot read .*no\.pem/],
      [odd, /not a certificate with its key/],
    ] as const) {
      const tls = { certFile, keyFile: server.keyPath, caFile: undefined };
      await assert.rejects(openGrpcPort(xds, { at, keepAlive, tls }), { code: 'USAGE', message: told });
    }
    const port = await openGrpcPort(xds, { at, keepAlive });
    await assert.rejects(openGrpcPort(xds, { at: port.at, keepAlive }), { code: 'LISTEN_FAILED', message: /something else listens/ }); // prettier-ignore
    await port.close(0);
  });
});

describe('a port of pages', () => {
  it('answers what it has, and nobody whom it must not', async () => {
    const pages = new Map([
      ['/a', (query: URLSearchParams) => ({ body: `a ${query.get('x')}` })],
      ['/b', () => ({ body: 'b' })],
      ['/broken', () => assert.fail('broken')],
    ]);
    const refuse = (path: string, from: string) => (path === '/b' ? `not for ${from}` : undefined);
    const port = await openHttpPort({ at, pages, refuse });
    const ask = async (path: string, method = 'GET') => {
      const answer = await fetch(`http://127.0.0.1:${port.at.port}${path}`, { method });
      return [answer.status, await answer.text()];
    };
    assert.deepEqual(await ask('/a?x=1'), [200, 'a 1']);
    assert.deepEqual(await ask('/a?x=1', 'HEAD'), [200, '']);
    assert.deepEqual(await ask('/a', 'POST'), [405, 'method not allowed\n']);
    assert.deepEqual(await ask('/b'), [403, 'not for 127.0.0.1\n']);
    assert.deepEqual(await ask('/broken'), [500, 'broken\n']);
    assert.deepEqual(await ask('/c'), [404, 'not found; there are /a /b /broken\n']);
    await assert.rejects(openHttpPort({ at: port.at, pages }), { code: 'LISTEN_FAILED' });
    await port.close();
  });
});
