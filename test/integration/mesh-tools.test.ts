import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type LoadResult, parseResources } from '../../src/config/index.js';
import { buildEnvoySnapshot } from '../../src/pilot/build/envoy/index.js';
import { createFileRegistry } from '../../src/pilot/index.js';
import {
  createPilot,
  debugPages,
  type FlavourBuilder,
  openGrpcPort,
  openHttpPort,
  type Pilot,
} from '../../src/pilot/server/index.js';
import { realEnv } from '../pilot/xds/net.js';
import { envoyPeer, TestEnvoy } from '../support/envoy.js';
import { makeCertificate, kubeconfigOf, KubeServer } from '../support/kube-server.js';
import { eventually, freePort } from '../support/peer.js';
import { runInProcess } from '../support/run-program.js';
import { tempFolder } from '../support/temp-folder.js';

const limits = { timeout: 180_000 };

const mesh = (port: number): string => `
apiVersion: fairlead.dev/v1
kind: Services
metadata: { name: orchard }
spec:
  services:
  - name: apples
    ports: [{ name: http, port: ${port} }]
    instances:
    - { address: 10.0.0.1, ports: { http: 8080 }, labels: { release: ripe } }
    - { address: 10.0.0.2, ports: { http: 8080 }, labels: { release: green } }
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: { name: apples }
spec:
  host: apples
  subsets:
  - { name: ripe, labels: { release: ripe } }
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: { name: apples }
spec: { hosts: [apples], http: [{ route: [{ destination: { host: apples, subset: ripe } }] }] }
`;

const envoy: FlavourBuilder = {
  build: (view, { version }) =>
    buildEnvoySnapshot(view, {
      ...{ version, interception: 'none', outboundAddress: '127.0.0.1', inboundAddress: '127.0.0.1' },
    }),
  isLocal: true,
};

describe('the tools of operators', { skip: envoyPeer.skip, timeout: 180_000 }, () => {
  if (envoyPeer.skip !== false) return;
  let pilot: Pilot;
  const closing: (() => Promise<void>)[] = [];
  let program: TestEnvoy;
  let port = 0;
  let [pilotAt, adminAt] = ['', ''];
  const store = { current: () => parsed, onChange: () => () => undefined };
  let parsed: LoadResult;

  before(async () => {
    port = await freePort();
    parsed = parseResources(mesh(port), { file: 'mesh.yaml', defaultNamespace: 'default' });
    const registries = [createFileRegistry(store)];
    const env = { ...realEnv(), random: Math.random };
    pilot = createPilot({ store, registries, env, version: '9.8.7', flavours: { envoy }, limits: { quietMillis: 1 } });
    closing.push(async () => pilot.close());
    const at = { host: '127.0.0.1', port: 0 };
    const keepAlive = { maxAgeMillis: 0, intervalMillis: 30_000, timeoutMillis: 10_000 };
    const grpc = await openGrpcPort(pilot.xds, { at, keepAlive });
    closing.push(() => grpc.close(0));
    const http = await openHttpPort({ at, pages: debugPages(pilot) });
    closing.push(() => http.close());
    const folder = mkdtempSync(join(tmpdir(), 'mesh-tools-'));
    const node = { id: 'sidecar~10.9.9.9~a.default~default.svc.cluster.local', metadata: { ISTIO_VERSION: '1.4.0' } };
    program = await TestEnvoy.start(folder, node, grpc.at.port);
    closing.push(() => program.stop());
    pilotAt = `127.0.0.1:${http.at.port}`;
    adminAt = readFileSync(join(folder, 'admin'), 'utf8').trim();
    await synced();
  });
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  const synced = () =>
    eventually(async () => {
      program.assertRunning();
      const { out } = await runInProcess(['proxy-status', '--pilot', pilotAt]);
      return out.split('SYNCED').length === 5 ? out : undefined;
    });

  it('shows that a proxy has what it was sent, and no difference', limits, async () => {
    const status = await synced();
    assert.match(
      status,
      /^NAME +CDS +LDS +EDS +RDS +PILOT +VERSION\na\.default( +SYNCED){4} +127\.0\.0\.1:\d+ +1\.4\.0\n$/,
    );
    const { out, code } = await runInProcess(['ps', 'a.default', '--pilot', pilotAt, '--admin', adminAt]);
    assert.deepEqual(out.split('\n').slice(2, -1), [
      'Clusters match',
      'Listeners match',
      'Routes match',
      'Endpoints match',
    ]);
    assert.equal(code, 0);
  });

  it('lists the same of Envoy and of Pilot', limits, async () => {
    const both = async (...args: readonly string[]): Promise<readonly string[]> => {
      const [of, from] = await Promise.all([
        runInProcess(['proxy-config', args[0]!, adminAt, ...args.slice(1)]),
        runInProcess(['pc', args[0]!, 'a.default', '--pilot', pilotAt, ...args.slice(1)]),
      ]);
      assert.equal(of.err + from.err, '');
      assert.equal(of.out, from.out);
      return of.out.split('\n').slice(0, -1);
    };
    const fqdn = 'apples.default.svc.cluster.local';
    assert.deepEqual(
      (await both('cluster', '--fqdn', fqdn)).map((line) => line.split(/ {2,}/)),
      [
        ['SERVICE FQDN', 'PORT', 'SUBSET', 'DIRECTION', 'TYPE'],
        [fqdn, String(port), '-', 'outbound', 'EDS'],
        [fqdn, String(port), 'ripe', 'outbound', 'EDS'],
      ],
    );
    assert.match(
      (await both('listener', '--port', String(port))).join('\n'),
      new RegExp(`^ADDRESS .*\n\\S+ +${port}  HTTP`),
    );
    assert.match((await both('route', '--name', String(port))).join('\n'), new RegExp(`^NAME .*\n *${port} +\\d+$`));
  });

  it('lists endpoints with their health', limits, async () => {
    const cluster = `outbound|${port}||apples.default.svc.cluster.local`;
    const { out } = await runInProcess(['pc', 'endpoint', adminAt, '--cluster', cluster]);
    assert.deepEqual(
      out.split('\n').map((line) => line.split(/ {2,}/)),
      [
        ['ENDPOINT', 'STATUS', 'OUTLIER CHECK', 'CLUSTER'],
        ['10.0.0.1:8080', 'HEALTHY', 'OK', cluster],
        ['10.0.0.2:8080', 'HEALTHY', 'OK', cluster],
        [''],
      ],
    );
    const json = await runInProcess([
      'pc',
      'endpoint',
      'a.default',
      '--pilot',
      pilotAt,
      '-o',
      'json',
      '--address',
      '10.0.0.1',
    ]);
    assert.equal((JSON.parse(json.out) as unknown[]).length, 2);
  });

  it('changes the level of a log', limits, async () => {
    const { out } = await runInProcess(['pc', 'log', adminAt, '--level', 'upstream:debug,http:info']);
    assert.match(out, / upstream: debug\n/);
    assert.match(out, / http: info\n/);
  });

  it('shows where a proxy differs from what Pilot has for it', limits, async () => {
    const dump = await (await fetch(`http://${pilotAt}/debug/config_dump?proxyID=a.default`)).text();
    const other = dump
      .replaceAll('|ripe|', '|raw|')
      .replaceAll(`"name": "${port}"`, `"name": "${port}", "ignorePortInHostMatching": true`);
    const pages = new Map([
      ['/debug/syncz', () => debugPages(pilot).get('/debug/syncz')!(new URLSearchParams())],
      ['/debug/config_dump', () => ({ body: other })],
    ]);
    const elsewhere = await openHttpPort({ at: { host: '127.0.0.1', port: 0 }, pages });
    try {
      const flags = ['--pilot', `127.0.0.1:${elsewhere.at.port}`, '--admin', adminAt];
      const { out, code } = await runInProcess(['ps', 'a.default', ...flags]);
      const host = 'apples.default.svc.cluster.local';
      assert.match(out, /\nClusters do not match:\n/);
      assert(out.includes(`\n  + outbound|${port}|raw|${host}\n  - outbound|${port}|ripe|${host}\n`), out);
      assert.match(out, new RegExp(`\nRoutes do not match:\n  ~ ${port}: .*ignore_port_in_host_matching`));
      assert.equal(code, 1);
    } finally {
      await elsewhere.close();
    }
  });

  it('says who does not answer, and which proxy is not there', limits, async () => {
    const closed = `127.0.0.1:${await freePort()}`;
    const nobody = await runInProcess(['pc', 'cluster', closed]);
    assert.deepEqual([nobody.code, nobody.out], [1, '']);
    assert.match(nobody.err, /^fairlead: .*the admin port 127\.0\.0\.1:\d+ does not answer: connect ECONNREFUSED/);
    const unknown = await runInProcess(['pc', 'cluster', 'b.default', '--pilot', pilotAt]);
    assert.match(unknown.err, /answers 404: 'b\.default' is not connected; there are: a\.default/);
    assert.match((await runInProcess(['ps', 'b.default', '--pilot', pilotAt])).err, /'b\.default' is not connected/);
    assert.equal((await runInProcess(['pc', 'cluster'])).code, 2);
  });
});

describe('fairlead analyze and describe', limits, () => {
  const folder = tempFolder({
    'mesh.yaml': mesh(80),
    'wrong.yaml': `
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: { name: pears }
spec: { hosts: [pears.example.com], http: [{ route: [{ destination: { host: pears } }] }] }
`,
  });
  const finding =
    /^Error \[IST0101\] \(VirtualService pears\.default \S+wrong\.yaml:5:77\) there is no service "pears\.default\.svc\.cluster\.local"\n/;

  it('exits by the threshold', async () => {
    const sound = await runInProcess(['analyze', join(folder, 'mesh.yaml')]);
    assert.deepEqual(sound, { code: 0, out: '3 resources: 0 errors, 0 warnings, 0 notes\n', err: '' });
    const found = await runInProcess(['analyze', folder]);
    assert.match(found.out, finding);
    assert.equal(found.code, 1);
  });

  it('writes JSON', async () => {
    const { out, code } = await runInProcess(['analyze', folder, '-o', 'json', '--failure-threshold', 'Info']);
    const [first, ...more] = JSON.parse(out) as Record<string, unknown>[];
    assert.deepEqual([more.length, first?.['code'], first?.['line'], code], [0, 'IST0101', 5, 1]);
  });

  it('says what of a folder applies to a service', async () => {
    const { out } = await runInProcess(['describe', 'service', 'apples', join(folder, 'mesh.yaml')]);
    assert.equal(
      out,
      `Service: apples.default (apples.default.svc.cluster.local)
   Port: http 80/HTTP
   Instances: 2
DestinationRule: apples.default
   Subset: ripe (release=ripe), 1 instance
VirtualService: apples.default (mesh)
   http[0]: all -> apples.default.svc.cluster.local ripe 100%
`,
    );
    const { err, code } = await runInProcess(['describe', 'pod', 'apples', folder]);
    assert.deepEqual([err, code], [`fairlead: there is no pod or workload 'apples.default'; there are: none\n`, 1]);
  });

  it('analyses a cluster, with files laid over it', async () => {
    const kube = await KubeServer.start(makeCertificate(tempFolder()));
    try {
      for (const plural of ['services', 'pods'])
        kube.put(`/api/v1/${plural}`, { metadata: { name: 'x', namespace: 'y' } });
      const collection = '/apis/networking.istio.io/v1alpha3/virtualservices';
      const destination = { host: 'pears' };
      kube.put(collection, {
        metadata: { name: 'pears', namespace: 'default' },
        spec: { hosts: ['pears.example.com'], http: [{ route: [{ destination }] }] },
      });
      const config = tempFolder({ config: kubeconfigOf(kube) });
      const flags = ['--kubeconfig', join(config, 'config')];
      const found = await runInProcess(['analyze', ...flags]);
      assert.match(found.out, /^Error \[IST0101\] \(VirtualService pears\.default\) there is no service "pears\./m);
      const repaired = join(
        tempFolder({ 'pears.yaml': mesh(80).split('---')[2]!.replace('name: apples', 'name: pears') }),
        'pears.yaml',
      );
      const laidOver = await runInProcess(['analyze', repaired, join(folder, 'mesh.yaml'), ...flags]);
      assert.doesNotMatch(laidOver.out, /no service "pears/);
    } finally {
      await kube.stop();
    }
  });
});
