import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { plainCommands } from '../../src/pilot/build/envoy/access-log-format.js';
import { buildEnvoySnapshot, type EnvoyOptions } from '../../src/pilot/build/envoy/index.js';
import { modelOf, proxyOf } from '../pilot/support.js';
import { TestAuthority } from '../proxy/upstream/certificates.js';
import { envoyPeer } from '../support/envoy.js';
import { EnvoyMesh } from '../support/mesh/envoy-mesh.js';
import { staticBootstrap } from '../support/mesh/envoy-static.js';
import { networking } from '../support/mesh/networking.js';
import { meshConfig } from '../support/mesh/services.js';
import { TestMesh } from '../support/mesh/test-mesh.js';

// Whatever a mesh is like, a stock Envoy takes all that it is told of it: shown with all meshes of the corpus.
const corpus = join(import.meta.dirname, '../corpus/pilot');

interface Mesh {
  readonly name: string;
  readonly yaml: string;
  readonly proxy: Parameters<typeof proxyOf>[0];
}

function meshes(): readonly Mesh[] {
  const cases = readdirSync(join(corpus, 'build')).map((name): Mesh => {
    const read = (file: string): string => readFileSync(join(corpus, 'build', name, file), 'utf8');
    const { proxy } = parse(read('case.yaml')) as { proxy?: Mesh['proxy'] };
    return { name, yaml: read('config.yaml'), proxy: { ips: ['10.1.0.2'], ...proxy } };
  });
  const others = ['good/traffic.yaml', 'envoy/hostile.yaml'].flatMap((file) => {
    const yaml = readFileSync(join(corpus, file), 'utf8');
    const labels = { istio: 'ingressgateway', app: 'hostile' };
    const ips = ['10.1.0.2'];
    return (['sidecar', 'router'] as const).map((type) => ({
      name: `${file} ${type}`,
      yaml,
      proxy: { type, labels, ips },
    }));
  });
  return [...cases, ...others];
}

describe('what Envoy is told', { skip: envoyPeer.skip, timeout: 180_000 }, () => {
  if (envoyPeer.skip !== false) return;
  const mesh = new TestMesh();
  const envoy = new EnvoyMesh(mesh, { protocol: 'delta' });
  let certificates: { certificateFile: string; privateKeyFile: string; caFile: string };
  const credentialDirectory = join(mesh.folder, 'secrets');

  before(() => {
    const authority = new TestAuthority(mesh.folder, 'ca');
    const { certFile, keyFile } = authority.issue('any', 'DNS:any');
    certificates = { certificateFile: certFile, privateKeyFile: keyFile, caFile: authority.caFile };
  });

  /** Certificates are on the proxy's machine, and Pilot cannot know whether they are: here they are. */
  const withCertificates = (yaml: string): string => {
    const { certificateFile, privateKeyFile, caFile } = certificates;
    for (const [, name = ''] of yaml.matchAll(/credentialName: ([\w-]+)/g)) {
      for (const [folder, file, from] of [
        [name, 'tls.crt', certificateFile],
        [name, 'tls.key', privateKeyFile],
        [`${name}-cacert`, 'ca.crt', caFile],
      ] as const) {
        mkdirSync(join(credentialDirectory, folder), { recursive: true });
        cpSync(from, join(credentialDirectory, folder, file));
      }
    }
    return yaml
      .replaceAll(/(serverCertificate|clientCertificate): [^\s,}]+/g, `$1: ${certificateFile}`)
      .replaceAll(/privateKey: [^\s,}]+/g, `privateKey: ${privateKeyFile}`)
      .replaceAll(/caCertificates: [^\s,}]+/g, `caCertificates: ${caFile}`);
  };

  for (const { name, yaml, proxy } of meshes()) {
    it(`is taken: ${name}`, async () => {
      const text = withCertificates(yaml);
      for (const interception of proxy?.type === 'router' ? (['none'] as const) : (['redirect', 'none'] as const)) {
        const build: EnvoyOptions = { interception, certificates, credentialDirectory };
        await envoy.start(text, { build, proxy: proxyOf(proxy), told: /./ });
      }
    });
  }

  it('is taken with every field of a log, and with a log that Envoy could not write', async () => {
    const log = join(mesh.folder, 'log');
    for (const fields of [
      '',
      ', accessLogEncoding: JSON',
      ', accessLogFormat: "%START_TIME(%Y/%m)% %REQ(A?B):3% %PROTOCOL% 100%%"',
      `, accessLogFormat: "${plainCommands.map((name) => `%${name}%`).join(' ')}"`,
      ', accessLogFormat: "%NONSENSE%"',
      ', accessLogEncoding: JSON, accessLogFormat: \'{"a":"%DURATION%"}\'',
    ]) {
      const text = meshConfig(`accessLogEncoding: TEXT${fields}`).replace(
        'accessLogEncoding: TEXT, accessLogEncoding',
        'accessLogEncoding',
      );
      await envoy.start(text.replace("accessLogFile: ''", `accessLogFile: ${log}`), {
        told: /accessLogFormat has what Envoy does not know: %NONSENSE%/,
      });
    }
  });

  it('stands for itself: envoy --mode validate', () => {
    const own = networking.own.files.map((file) => networking.own.read(file));
    const samples = networking.samples.files.map((file) => networking.samples.read(file));
    const gateway = readFileSync(join(corpus, 'build/gateway/config.yaml'), 'utf8');
    const sidecar = readFileSync(join(corpus, 'build/sidecar/config.yaml'), 'utf8');
    for (const [name, yaml, type] of [
      ['own', own.join(''), 'sidecar'],
      ['own-router', own.join(''), 'router'],
      ['samples', samples.join(''), 'sidecar'],
      ['gateway', gateway, 'router'],
      ['sidecar', sidecar, 'sidecar'],
    ] as const) {
      if (yaml === '') continue;
      const proxy = proxyOf({ type, labels: { istio: 'ingressgateway', app: 'reviews' }, ips: ['10.1.0.2'] });
      const view = modelOf(withCertificates(yaml)).viewFor(proxy);
      const snapshot = buildEnvoySnapshot(view, { version: '1', certificates, credentialDirectory });
      const file = join(mesh.folder, `${name}.pb`);
      writeFileSync(file, staticBootstrap(snapshot));
      const { status, stderr } = spawnSync('envoy', ['--mode', 'validate', '-c', file, '-l', 'error'], {
        encoding: 'utf8',
      });
      assert.equal(status, 0, `${name}: ${stderr}`);
    }
  });

  it('leaves nothing that was refused', async () => {
    envoy.assertSound();
    assert.deepEqual((await envoy.envoy.trouble()).rejected, []);
  });
});
