import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request as send } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';

import { createHttpFilter, createMixerClient, mixerListener } from '../../src/client/index.js';
import { allow, ScriptedMixer } from '../client/support/scripted-mixer.js';
import { peer } from '../support/peer.js';
import { tempFolder } from '../support/temp-folder.js';

/** A certificate that signs itself, with the name of a workload. */
function createCertificate(workload: string) {
  const folder = tempFolder();
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const names = `subjectAltName=DNS:localhost,URI:spiffe://cluster.local/ns/default/sa/${workload}`;
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', keyFile, '-out', certFile];
  assert.equal(spawnSync('openssl', [...request, '-subj', `/CN=${workload}`, '-addext', names]).status, 0);
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

test(
  'a server behind a Mixer says who is at both ends, and believes only certificates that are verified',
  peer('openssl', 'apt-get install openssl'),
  async () => {
    const [shop, web, stranger] = ['shop', 'web', 'stranger'].map(createCertificate);
    const mixer = new ScriptedMixer(() => allow({ validUseCount: 0 }));
    const filter = createHttpFilter({ client: createMixerClient({ transport: mixer }) });
    const listener = mixerListener(filter, (_, response) => response.end());
    const trust = { ca: web!.cert, requestCert: true, rejectUnauthorized: false };
    const server = createServer({ ...shop!, ...trust }, listener);
    const ask = async (own: { cert?: string; key?: string }): Promise<ReadonlyMap<string, unknown>> => {
      const { port } = server.address() as AddressInfo;
      const request = send({ port, host: '127.0.0.1', servername: 'localhost', ca: shop!.cert, agent: false, ...own });
      request.end();
      const [response] = await once(request, 'response');
      response.resume();
      await once(response, 'end');
      return mixer.checks.at(-1)!.attributes;
    };
    try {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const known = await ask(web!);
      assert.equal(known.get('source.principal'), 'cluster.local/ns/default/sa/web');
      assert.equal(known.get('destination.principal'), 'cluster.local/ns/default/sa/shop');
      assert.equal(known.get('connection.mtls'), true);
      assert.equal(known.get('connection.requested_server_name'), 'localhost');
      assert.equal(known.get('request.scheme'), 'https');
      for (const own of [stranger!, {}]) {
        const unknown = await ask(own);
        assert.equal(unknown.get('connection.mtls'), false);
        assert.equal(unknown.has('source.principal'), false);
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
);
