import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  createEmbeddedTransport,
  createGrpcTransport,
  encodeForwarded,
  type Transport,
} from '../../src/client/index.js';
import { createMixer, type Mixer } from '../../src/create-mixer.js';
import { inboundConfig, type MixerRig, startMixerProxy, text } from '../proxy/mixer/rig.js';
import { askHttp1 } from '../support/ask.js';
import { eventually } from '../support/peer.js';
import { clusterAt, forwardTo, httpListener } from '../support/proxy-rig.js';
import { tempFolder } from '../support/temp-folder.js';
import { startTestServer, type TestServer } from '../support/test-server.js';
import { startApp, type WebApp } from '../support/web-app.js';

const rules = `
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: { name: denier, namespace: istio-system }
spec:
  compiledAdapter: denier
  params: { status: { code: 7, message: not allowed } }
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: { name: nothing, namespace: istio-system }
spec: { compiledTemplate: checknothing, params: {} }
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: { name: deny, namespace: istio-system }
spec:
  match: request.headers["x-user"] == "mallory" && source.uid == "kubernetes://web.front"
  actions: [{ handler: denier, instances: [nothing] }]
---
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: { name: memquota, namespace: istio-system }
spec:
  compiledAdapter: memquota
  params: { quotas: [{ name: requests.instance.istio-system, maxAmount: 4, validDuration: 600s }] }
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: { name: requests, namespace: istio-system }
spec:
  compiledTemplate: quota
  params: { dimensions: { user: 'request.headers["x-user"] | "nobody"' } }
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: { name: quota, namespace: istio-system }
spec:
  actions: [{ handler: memquota, instances: [requests] }]
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: { name: headers, namespace: istio-system }
spec:
  match: request.url_path == "/old"
  requestHeaderOperations:
    - { name: ':path', values: ['"/new"'] }
    - { name: x-caller, values: ['source.uid | "unknown"'] }
  responseHeaderOperations: [{ name: x-for, values: ['request.headers["x-user"] | "nobody"'] }]
`;

const mixerPart = {
  attributes: { attributes: { 'context.reporter.kind': text('inbound') } },
  services: {
    default: {
      attributes: {
        attributes: {
          'destination.service.host': text('app.shop.svc.cluster.local'),
          'destination.service.name': text('app'),
          'destination.service.namespace': text('shop'),
        },
      },
      quotaRules: [
        {
          matches: [{ clauses: { 'request.url_path': { prefix: '/charged' } } }],
          charges: [{ quota: 'requests', charge: 1n }],
        },
      ],
    },
  },
};
const fromWeb = { 'x-istio-attributes': encodeForwarded(new Map([['source.uid', 'kubernetes://web.front']])) };

interface Engine {
  readonly transport: () => Transport;
  stop(): Promise<unknown>;
}

const engines: Readonly<Record<string, () => Promise<Engine>>> = {
  'in the same process': async () => {
    const mixer = await createMixer({ config: { yaml: rules } });
    assert.deepEqual(mixer.diagnostics, []);
    return { transport: () => createEmbeddedTransport(mixer), stop: () => mixer.close() };
  },
  'over gRPC': async () => {
    const server: TestServer = await startTestServer({ config: tempFolder({ 'rules.yaml': rules }) });
    return { transport: () => createGrpcTransport(server.server.address), stop: () => server.stop() };
  },
};

for (const [where, start] of Object.entries(engines)) {
  describe(`a proxy before a Mixer ${where}`, { timeout: 180_000 }, () => {
    let app: WebApp;
    let engine: Engine;
    let rig: MixerRig;

    before(async () => {
      app = await startApp('app');
      engine = await start();
      rig = await startMixerProxy(inboundConfig(app.port, mixerPart), engine.transport);
    });
    after(async () => {
      await rig.stop();
      await engine.stop();
      await app.stop();
    });
    const ask = (path: string, headers: Record<string, string> = {}) => askHttp1(rig.port(), { path, headers });

    it('denies whom the rules deny, and knows the answer the next time', async () => {
      const headers = { 'x-user': 'mallory', ...fromWeb };
      for (let at = 0; at < 3; at++) {
        const { status, body } = await ask(`/a/${at}`, headers);
        assert.deepEqual([status, body], [403, 'PERMISSION_DENIED:denier.istio-system:not allowed']);
      }
      assert.equal((await ask('/a', { 'x-user': 'mallory' })).status, 200);
      assert.equal((await ask('/a', { 'x-user': 'alice', ...fromWeb })).status, 200);
      const { check_calls: calls, check_cache_hits: hits = 0 } = rig.counters();
      assert.equal(calls, 5);
      assert.ok(hits >= 1, String(hits));
    });

    it('changes headers and path as the rules say', async () => {
      const { body, headers } = await ask('/old', { 'x-user': 'alice', ...fromWeb });
      assert.deepEqual([body, headers['x-for']], ['app GET /new', 'alice']);
      assert.equal(app.lastHeaders()['x-caller'], 'kubernetes://web.front');
    });

    it('gives as many as the quota has, to each user', async () => {
      for (const user of ['alice', 'bob']) {
        const statuses: number[] = [];
        for (let at = 0; at < 8; at++) {
          statuses.push((await ask('/charged', { 'x-user': user })).status);
          await rig.clock.advance(1);
        }
        assert.equal(statuses[0], 200);
        assert.equal(statuses.at(-1), 429);
      }
    });

    it('has every report taken', async () => {
      const { report_calls: reports } = rig.counters();
      const taken = await eventually(() =>
        Promise.resolve(rig.counters()['remote_report_successes'] === reports ? reports : undefined),
      );
      assert.equal(taken, rig.lines.length);
      assert.deepEqual(rig.warnings, []);
    });

    it('passes nothing on of what proxies tell each other, without a Mixer either', async () => {
      const withMixer = inboundConfig(app.port, mixerPart);
      await ask('/a', fromWeb);
      assert.ok(!('x-istio-attributes' in app.lastHeaders()));
      const without = { ...withMixer, listeners: [httpListener([forwardTo('app')])] };
      for (const config of [{ ...withMixer, mixer: undefined }, without]) {
        await rig.apply(config);
        assert.equal((await ask('/a', { 'x-user': 'mallory', ...fromWeb })).status, 200);
        assert.ok(!('x-istio-attributes' in app.lastHeaders()));
      }
    });
  });
}

const workloads = `
- { name: web, namespace: front, labels: { app: web, version: v1 }, workload: { name: web-v1 } }
- { name: app, namespace: shop, labels: { app: app, version: v2 }, workload: { name: app-v2 } }
`;
const podsOf = (folder: string): string => `
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: { name: kubernetesenv, namespace: istio-system }
spec:
  compiledAdapter: kubernetesenv
  params: { registry: FILE, workloadsPath: ${folder}/workloads.yaml }
`;

// The sidecar of a caller, and that of a service, with one Mixer that measures (mesh.md 1.2 and 1.7).
describe('two proxies in a row with the default telemetry', { timeout: 180_000 }, () => {
  let app: WebApp;
  let mixer: Mixer;
  let server: MixerRig;
  let client: MixerRig;

  before(async () => {
    app = await startApp('app');
    const pods = tempFolder({ 'workloads.yaml': workloads });
    mixer = await createMixer({ config: { yaml: podsOf(pods) }, defaultTelemetry: true });
    assert.deepEqual(mixer.diagnostics, []);
    const transport = (): Transport => createEmbeddedTransport(mixer);
    server = await startMixerProxy(inboundConfig(app.port, mixerPart), transport);
    const told = {
      attributes: {
        'destination.service.host': text('app.shop.svc.cluster.local'),
        'destination.service.name': text('app'),
        'destination.service.namespace': text('shop'),
        'destination.service.uid': text('istio://shop/services/app'),
      },
    };
    client = await startMixerProxy(
      {
        node: { id: 'sidecar~10.0.0.1~web.front~front.svc.cluster.local' },
        mixer: { disableReportBatch: true },
        listeners: [
          httpListener([{ ...forwardTo('server'), mixerService: 'app' }], {
            mixer: {
              attributes: { attributes: { 'context.reporter.kind': text('outbound') } },
              forwardAttributes: { attributes: { 'source.uid': text('kubernetes://web.front') } },
              services: { default: {}, app: { disableCheck: true, attributes: told, forwardAttributes: told } },
            },
          }),
        ],
        clusters: [
          clusterAt('server', [], {
            localities: [{ endpoints: [{ address: '127.0.0.1', port: server.port(), uid: 'kubernetes://app.shop' }] }],
          }),
        ],
      },
      transport,
    );
  });
  after(async () => {
    await client.stop();
    await server.stop();
    await mixer.close();
    await app.stop();
  });

  it('counts a request once for each side, with who called and whom', async () => {
    const { status } = await askHttp1(client.port(), { path: '/items', headers: { host: 'app.shop' } });
    assert.equal(status, 200);
    assert.equal(app.lastHeaders()['x-istio-attributes'], undefined);
    const lines = await eventually(async () => {
      const found = (await mixer.metrics()).split('\n').filter((line) => line.startsWith('istio_requests_total{'));
      return found.length === 2 ? found : undefined;
    });
    const labels = lines.map((line) =>
      Object.fromEntries([...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value])),
    );
    for (const reporter of ['source', 'destination']) {
      assert.deepEqual(
        labels.find((one) => one['reporter'] === reporter),
        {
          reporter,
          source_app: 'web',
          source_principal: 'unknown',
          source_version: 'v1',
          source_workload: 'web-v1',
          source_workload_namespace: 'front',
          destination_app: 'app',
          destination_principal: 'unknown',
          destination_version: 'v2',
          destination_workload: 'app-v2',
          destination_workload_namespace: 'shop',
          destination_service: 'app.shop.svc.cluster.local',
          destination_service_name: 'app',
          destination_service_namespace: 'shop',
          request_protocol: 'http',
          response_code: '200',
          response_flags: '-',
          permissive_response_code: 'none',
          permissive_response_policyid: 'none',
          connection_security_policy: reporter === 'source' ? 'unknown' : 'none',
        },
      );
    }
    assert.ok(lines.every((line) => line.endsWith(' 1')));
  });
});
