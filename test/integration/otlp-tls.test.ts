import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ServerCredentials } from '@grpc/grpc-js';
import { type Collector, startGrpcCollector, startHttpCollector } from '../adapters/otlp/collector.js';
import { build } from '../adapters/otlp/setup.js';
import { peer } from '../support/peer.js';
import { tempFolder } from '../support/temp-folder.js';

/** A certificate for 127.0.0.1 that signs itself, as files and as texts. */
function createCertificate() {
  const folder = tempFolder();
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', keyFile, '-out', certFile];
  assert.equal(spawnSync('openssl', [...request, ...subject]).status, 0);
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

for (const protocol of ['HTTP_PROTOBUF', 'GRPC'] as const) {
  test(
    `${protocol} is encrypted, shows its certificate, and trusts only whom the configuration trusts`,
    peer('openssl', 'apt-get install openssl'),
    async () => {
      const { certFile, keyFile, cert, key } = createCertificate();
      const collector = await start(protocol, { cert, key });
      const endpoint = `endpoint: https://127.0.0.1:${collector.port}\nprotocol: ${protocol}`;
      try {
        const own = await build(
          `${endpoint}\ntls: { caFile: ${certFile}, certFile: ${certFile}, keyFile: ${keyFile} }`,
        );
        own.log('l', {});
        await own.until(() => own.env.measured.get('delivery_sent{queue="logs"}') === 1);
        await own.close();
        for (const stranger of ['tls: {}', `tls: { caFile: ${certFile} }`]) {
          const built = await build(`${endpoint}\n${stranger}`);
          built.log('l', {});
          await built.until(() => (built.env.measured.get('delivery_retries{queue="logs"}') ?? 0) > 0);
          await built.close();
        }
        assert.equal(collector.received.length, 1);
      } finally {
        await collector.stop();
      }
    },
  );
}

function start(protocol: string, { cert, key }: { readonly cert: string; readonly key: string }): Promise<Collector> {
  if (protocol !== 'GRPC') {
    return startHttpCollector(undefined, { tls: { cert, key, ca: cert, requestCert: true, rejectUnauthorized: true } });
  }
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
  return startGrpcCollector(undefined, { credentials: ServerCredentials.createSsl(Buffer.from(cert), [pair], true) });
}
