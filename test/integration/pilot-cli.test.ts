import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { Node } from '../../src/gen/envoy/config/core/v3/base.js';
import { AggregatedDiscoveryServiceClient } from '../../src/gen/envoy/service/discovery/v3/ads.js';
import { DiscoveryRequest } from '../../src/gen/envoy/service/discovery/v3/discovery.js';
import type { AdsConnections, ConfigDump, PushStatus, SyncStatus } from '../../src/pilot/index.js';
import { typeUrls } from '../../src/pilot/xds/index.js';
import { RunningCli } from '../support/cli-process.js';
import { eventually } from '../support/peer.js';
import { tempFolder } from '../support/temp-folder.js';
import type { Bound } from '../pilot/xds/net.js';
import { connectXds, startEcho, type XdsClient } from '../pilot/xds/grpc-rig.js';

const limits = { timeout: 180_000 };
const target = 'reviews.default.svc.cluster.local:9080';
const cluster = 'outbound|9080||reviews.default.svc.cluster.local';

const rules = (first: number, second: number): string => `
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: { name: reviews }
spec:
  hosts: [reviews]
  http:
  - route:
    - { destination: { host: reviews, subset: v1 }, weight: ${first} }
    - { destination: { host: reviews, subset: v2 }, weight: ${second} }
`;
const base = `
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: { name: reviews }
spec: { host: reviews, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }
---
kind: Services
metadata: { name: idle }
spec: { services: [{ name: idle, ports: [{ name: http, port: 80 }] }] }
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: { name: mixer-only }
spec: { match: "true", actions: [] }
`;

describe('fairlead pilot', () => {
  const folder = tempFolder();
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const echoes: Bound[] = [];
  let pilot: RunningCli;
  let client: XdsClient;
  let [http, monitoring, grpcPort] = ['', '', 0];
  const instance = (at: number): string =>
    `{ address: 127.0.0.1, ports: { grpc: ${echoes[at]!.port} }, labels: { version: v${at + 1} } }`;
  const reviews = (instances: readonly string[]): string =>
    `kind: Services\nmetadata: { name: shop }\nspec:\n  services:\n  - name: reviews\n    ports: [{ name: grpc, port: 9080 }]\n    instances: [${instances.join(', ')}]\n`;
  const get = async (path: string): Promise<string> => await (await fetch(`${http}${path}`)).text();
  const read = async <T>(path: string): Promise<T> => (await (await fetch(`${http}${path}`)).json()) as T;
  const metric = async (name: string): Promise<number> => {
    const page = await (await fetch(`${monitoring}/metrics`)).text();
    return Number(
      page
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')[1] ?? NaN,
    );
  };
  const shareOfV2 = async (times: number): Promise<number> => {
    const answers = await Promise.all(Array.from({ length: times }, () => client.ask()));
    for (const { code, text } of answers) assert.equal(code, 0, text);
    return answers.filter(({ text }) => text === 'v2').length / times;
  };

  before(async () => {
    for (const name of ['v1', 'v2']) echoes.push(await startEcho(name));
    write('base.yaml', base);
    write('services.yaml', reviews([instance(0), instance(1)]));
    write('traffic.yaml', rules(90, 10));
    const places = ['--grpcAddr=127.0.0.1:0', '--httpAddr=127.0.0.1:0', '--monitoringAddr=127.0.0.1:0'];
    pilot = new RunningCli([
      'pilot',
      '--configDir',
      folder,
      ...places,
      '--debounceAfter=20ms',
      '--drainDuration=200ms',
    ]);
    [, http = ''] = await pilot.waitFor(/serving \/ready and \/debug on (\S+)/);
    [, monitoring = ''] = await pilot.waitFor(/serving \/metrics on (\S+)/);
    grpcPort = Number((await pilot.waitFor(/serving xDS on \S+:(\d+)/))[1]);
    await pilot.waitFor(/ready\tservices=2/);
    client = connectXds(target, grpcPort);
  });
  after(() => {
    pilot.signal('SIGKILL');
    for (const { server } of echoes) server.forceShutdown();
  });

  it('is ready, and tells a client that knows nothing of it how to split calls', limits, async () => {
    assert.equal(await get('/ready'), 'ready\n');
    assert.equal((await client.ask()).code, 0);
    const share = await shareOfV2(1000);
    // 5 sigma of 1,000 calls.
    assert(share > 0.05 && share < 0.15, String(share));
  });

  it('shows what the client was sent and has taken', limits, async () => {
    const [status, ...others] = await eventually(async () => {
      const found = await read<SyncStatus[]>('/debug/syncz');
      return found[0]?.endpoint_acked === found[0]?.endpoint_sent ? found : undefined;
    });
    assert.equal(others.length, 0);
    assert.equal(status?.proxy, 'client.default');
    assert.equal(status.flavour, 'grpc');
    for (const kind of ['cluster', 'listener', 'route', 'endpoint'] as const) {
      assert.match(status[`${kind}_sent`], /^20\d\d-.*Z\/1$/);
      assert.equal(status[`${kind}_acked`], status[`${kind}_sent`]);
    }
    assert.equal(status.endpoint_percent, 100);
    const { totalClients, clients } = await read<AdsConnections>('/debug/adsz');
    assert.equal(totalClients, 1);
    assert.deepEqual(clients[0]?.watches.map(({ kind }) => kind).sort(), ['cluster', 'endpoints', 'listener', 'route']);
  });

  it('dumps the configuration of a connected proxy, and names those that are', limits, async () => {
    const { configs } = await read<ConfigDump>('/debug/config_dump?proxyID=client.default');
    const [clusters, endpoints, listeners, routes] = configs;
    assert.equal(clusters['@type'], 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump');
    const names = clusters.dynamic_active_clusters.map((one) => one.cluster['name']);
    assert(names.includes(cluster), names.join());
    assert(listeners.dynamic_listeners.some(({ name }) => name === target));
    const listener = listeners.dynamic_listeners.find(({ name }) => name === target)?.active_state.listener;
    assert.match(JSON.stringify(listener), /HttpConnectionManager.*"routeConfigName":"reviews/);
    assert(routes.dynamic_route_configs.some((one) => JSON.stringify(one).includes('"weight":90')));
    assert(JSON.stringify(endpoints).includes(`"portValue":${echoes[0]!.port}`));
    const unknown = await fetch(`${http}/debug/config_dump?proxyID=nobody`);
    assert.equal(unknown.status, 404);
    assert.match(await unknown.text(), /there are: client\.default/);
    assert.equal((await fetch(`${http}/debug/config_dump`)).status, 400);
  });

  it('shows services, places, resources and who has them', limits, async () => {
    const services = await read<{ hostname?: string }[]>('/debug/registryz');
    assert.deepEqual(services.map(({ hostname = '' }) => hostname.split('.')[0]).sort(), ['', 'idle', 'reviews']);
    assert.deepEqual(services.at(-1), {});
    const endpoints = await read<{ svc?: string; ep?: unknown[] }[]>('/debug/endpointz');
    assert.equal(endpoints.find(({ svc }) => svc === 'reviews.default.svc.cluster.local:grpc')?.ep?.length, 2);
    const brief = await get('/debug/endpointz?brief=1');
    assert.match(brief, new RegExp(`^reviews\\.\\S+:grpc reviews\\.\\S+ grpc 127\\.0\\.0\\.1:${echoes[0]!.port} map\\[version:v1\\]$`, 'm')); // prettier-ignore
    const shards = await read<Record<string, Record<string, { Shards: Record<string, unknown[]> }>>>('/debug/endpointShardz'); // prettier-ignore
    assert.equal(shards['reviews.default.svc.cluster.local']?.['default']?.Shards['file']?.length, 2);
    const configs = await read<{ type?: string; name?: string }[]>('/debug/configz');
    assert.deepEqual(configs.map(({ type = '' }) => type).sort(), ['', 'DestinationRule', 'MeshConfig', 'Services', 'Services', 'VirtualService']); // prettier-ignore
    assert.match(await get('/debug/cdsz?proxyID=client.default'), /"name": "outbound\|9080\|v2\|reviews/);
    assert.match(await get('/debug/edsz'), new RegExp(`"portValue": ${echoes[1]!.port}`));
    const where = '/debug/config_distribution?resource=virtual-service/default/reviews&proxy_namespace=default';
    assert.match((await read<{ route_acked: string }[]>(where))[0]?.route_acked ?? '', /./);
    assert.equal((await fetch(`${http}/debug/config_distribution?resource=VirtualService/default/no`)).status, 404);
    const { diagnostics, proxies } = await read<PushStatus>('/debug/push_status');
    assert.deepEqual({ diagnostics, proxies }, { diagnostics: [], proxies: 1 });
    for (const path of ['authenticationz', 'authorizationz']) {
      const page = await fetch(`${http}/debug/${path}`);
      assert.equal(page.status, 404);
      assert.match(await page.text(), /comes with/);
    }
    assert.equal(await get('/version'), await (await fetch(`${monitoring}/version`)).text());
  });

  it('moves calls soon after an edit', limits, async () => {
    write('traffic.yaml', rules(0, 100));
    const began = Date.now();
    // One in ten was so before.
    await eventually(async () => ((await shareOfV2(50)) === 1 ? true : undefined));
    const millis = Date.now() - began;
    // Half a second where nothing else runs.
    assert(millis < 20_000, `${millis} ms`);
  });

  it('tells a slip with its place, and keeps to what was sound', limits, async () => {
    write('traffic.yaml', rules(50, 50).replace('weight: 50', 'wieght: 50'));
    await pilot.waitFor(/traffic\.yaml:9:\d+: error UNKNOWN_FIELD.*wieght/);
    write('traffic.yaml', '{ not: yaml: at all');
    await pilot.waitFor(/traffic\.yaml:1:\d+: error YAML/);
    assert.equal(await shareOfV2(50), 1);
    const { diagnostics } = await read<PushStatus>('/debug/push_status');
    assert.match(diagnostics.join('\n'), /traffic\.yaml:1:\d+: error YAML/);
    write('traffic.yaml', rules(50, 50));
    await eventually(async () => ((await client.ask()).text === 'v1' ? true : undefined));
  });

  it('pushes nothing for what only Mixer reads, and everything when asked to', limits, async () => {
    const { version } = await read<PushStatus>('/debug/push_status');
    write('mixer.yaml', base.slice(base.indexOf('apiVersion: config')).replace('mixer-only', 'another'));
    write('broken.yaml', '{ not: yaml: at all');
    await pilot.waitFor(/broken\.yaml:1:\d+: error YAML/);
    assert.equal((await read<PushStatus>('/debug/push_status')).version, version);
    assert.match(await get('/debug/adsz?push=1'), /pushed to 1 proxies/);
    assert.notEqual((await read<PushStatus>('/debug/push_status')).version, version);
  });

  it('counts what it does', limits, async () => {
    const page = await (await fetch(`${monitoring}/metrics`)).text();
    for (const row of [
      /^istio_build\{component="pilot",tag="[^"]+"\} 1$/m,
      /^pilot_xds 1$/m,
      /^pilot_services 2$/m,
      /^pilot_virt_services 1$/m,
      /^pilot_eds_no_instances 1$/m,
      /^pilot_xds_eds_instances 2$/m,
      /^pilot_xds_pushes\{type="rds"\} [1-9]/m,
      /^pilot_inbound_updates\{type="config"\} [1-9]/m,
      /^pilot_total_xds_rejects 0$/m,
      /^pilot_xds_cds_reject 0$/m,
      /^pilot_proxy_convergence_time_count [1-9]/m,
      /^pilot_proxy_queue_time_count [1-9]/m,
      /^pilot_xds_push_time_count\{type="full"\} [1-9]/m,
      /^process_cpu_seconds_total /m,
    ]) {
      assert.match(page, row);
    }
  });

  it('ends the streams of its clients when it is asked to stop', limits, async () => {
    client.close();
    await eventually(async () => ((await metric('pilot_xds')) === 0 ? true : undefined));
    const raw = new AggregatedDiscoveryServiceClient(`127.0.0.1:${grpcPort}`, credentials.createInsecure());
    const stream = raw.streamAggregatedResources();
    const ended = once(stream, 'error') as Promise<[ServiceError]>;
    const node = { id: 'sidecar~10.0.0.2~raw.default~x', userAgentName: 'grpc', metadata: {}, locality: undefined };
    stream.write(DiscoveryRequest.create({ node: Node.create(node), typeUrl: typeUrls.cluster }));
    await once(stream, 'data');
    const { code } = await pilot.stop('SIGTERM');
    assert.equal(code, 0);
    assert.match(pilot.output, /stopping on SIGTERM[\s\S]*stopped/);
    const [error] = await ended;
    assert([status.UNAVAILABLE, status.CANCELLED].includes(error.code), error.message);
    raw.close();
  });
});
