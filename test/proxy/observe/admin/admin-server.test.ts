import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAdminServer } from '../../../../src/proxy/observe/admin/admin-server.js';
import type { AdminOptions, DrainOptions, LogLevel, ServerState } from '../../../../src/proxy/observe/admin/types.js';
import { readServer } from '../../../../src/proxy/observe/stats/sources.js';
import { Stats } from '../../../../src/proxy/observe/stats/stats.js';
import { endpoint, testEnv } from '../fixture.js';

const env = testEnv();
const stats = new Stats();
const drains: DrainOptions[] = [];
const loggers = new Map<string, LogLevel>([
  ['http', 'info'],
  ['upstream', 'warning'],
]);
let state: ServerState = 'LIVE';
let config: ReturnType<AdminOptions['config']>;
let moreMetrics = (): Promise<string> => Promise.resolve('');

const server = createAdminServer({
  env,
  stats,
  version: 'fairlead/1',
  nodeId: 'sidecar~10.0.0.1~a.b~b',
  state: () => state,
  clusters: () => [
    {
      name: 'outbound|80||a',
      endpoints: [endpoint(), endpoint({ name: '10.0.0.8:80', isHealthy: false, isEjected: true, priority: 1 })],
      stats: new Map(),
      pick: () => undefined,
      enter: () => undefined,
      note: () => undefined,
      countLocal: () => undefined,
    },
  ],
  listeners: () =>
    new Map([
      ['0.0.0.0_80', { host: '0.0.0.0', port: 80 }],
      ['::_81', { host: '::', port: 81 }],
    ]),
  config: () => config,
  drain: (options) => void drains.push(options),
  moreMetrics: () => moreMetrics(),
  logging: {
    list: () => loggers,
    set: (name, level) => {
      if (name !== undefined && !loggers.has(name)) return false;
      for (const logger of name === undefined ? loggers.keys() : [name]) loggers.set(logger, level);
      return true;
    },
  },
});
let base = '';

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; body: string; type: string }> {
  const response = await fetch(base + path, init);
  return { status: response.status, body: await response.text(), type: response.headers.get('content-type') ?? '' };
}

describe('the admin port', () => {
  before(async () => {
    const { host, port } = await server.listen('127.0.0.1', 0);
    base = `http://${host}:${port}`;
    stats.group('http', 'a').counter('downstream_rq_total').value = 2;
    stats.group('http', 'a').counter('no_route');
  });
  after(() => server.close());

  it('shows statistics', async () => {
    assert.deepEqual(await ask('/stats'), {
      status: 200,
      body: 'http.a.downstream_rq_total: 2\nhttp.a.no_route: 0\n',
      type: 'text/plain; charset=UTF-8',
    });
    assert.equal((await ask('/stats?usedonly&filter=rq')).body, 'http.a.downstream_rq_total: 2\n');
    assert.deepEqual(JSON.parse((await ask('/stats?format=json&usedonly')).body), {
      stats: [{ name: 'http.a.downstream_rq_total', value: 2 }],
    });
    assert.equal((await ask('/stats?filter=(')).status, 400);
  });

  it('shows Prometheus what others count too, unless names of its own are asked for', async () => {
    moreMetrics = () => Promise.resolve('mesh_requests_total 3\n');
    const page = await ask('/stats/prometheus');
    assert.match(page.body, /^envoy_http_downstream_rq_total\{[^}]+\} 2\n[^]*^mesh_requests_total 3\n$/m);
    assert.equal((await ask('/stats?format=prometheus')).body, page.body);
    assert(!(await ask('/stats/prometheus?filter=rq')).body.includes('mesh'));
    moreMetrics = () => Promise.resolve('');
  });

  it('shows statistics to Prometheus', async () => {
    const page = await ask('/stats/prometheus?usedonly');
    assert.equal(
      page.body,
      '# TYPE envoy_http_downstream_rq_total counter\n' +
        'envoy_http_downstream_rq_total{envoy_http_conn_manager_prefix="a"} 2\n',
    );
    assert.equal((await ask('/stats?format=prometheus&usedonly')).body, page.body);
    assert.match(page.type, /^text\/plain; version=0\.0\.4/);
  });

  it('shows clusters and their endpoints', async () => {
    const { body } = await ask('/clusters');
    assert.deepEqual(body.split('\n').slice(0, 4), [
      'outbound|80||a::added_via_api::true',
      'outbound|80||a::10.0.0.9:9080::rq_active::2',
      'outbound|80||a::10.0.0.9:9080::health_flags::healthy',
      'outbound|80||a::10.0.0.9:9080::region::eu',
    ]);
    assert.match(body, /10\.0\.0\.8:80::health_flags::\/failed_active_hc\/failed_outlier_check\n/);
    const {
      cluster_statuses: [cluster],
    } = JSON.parse((await ask('/clusters?format=json')).body);
    assert.equal(cluster.host_statuses[0].address.socket_address.port_value, 9080);
    assert.deepEqual(cluster.host_statuses[1].health_status, {
      eds_health_status: 'HEALTHY',
      failed_active_health_check: true,
      failed_outlier_check: true,
    });
  });

  it('shows listeners', async () => {
    assert.equal((await ask('/listeners')).body, '0.0.0.0_80::0.0.0.0:80\n::_81::[::]:81\n');
    const {
      listener_statuses: [listener],
    } = JSON.parse((await ask('/listeners?format=json')).body);
    assert.deepEqual(listener, {
      name: '0.0.0.0_80',
      local_address: { socket_address: { address: '0.0.0.0', port_value: 80 } },
    });
  });

  it('shows the configuration', async () => {
    assert.deepEqual(JSON.parse((await ask('/config_dump')).body), { configs: [] });
    config = { message: { big: 9_007_199_254_740_993n, bytes: Buffer.from('hi') }, version: 'v1', loadedAt: 0 };
    assert.deepEqual(JSON.parse((await ask('/config_dump')).body), {
      configs: [
        {
          '@type': 'type.googleapis.com/fairlead.proxy.v1.ProxyConfig',
          version_info: 'v1',
          last_updated: '1970-01-01T00:00:00.000Z',
          config: { big: '9007199254740993', bytes: 'aGk=' },
        },
      ],
    });
  });

  it('says whether it is ready', async () => {
    assert.deepEqual(await ask('/ready'), { status: 200, body: 'LIVE\n', type: 'text/plain; charset=UTF-8' });
    state = 'DRAINING';
    assert.equal((await ask('/ready')).status, 503);
    state = 'LIVE';
  });

  it('drains, when it is asked by POST', async () => {
    const refused = await fetch(`${base}/drain_listeners`);
    assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'POST']);
    assert.deepEqual(drains, []);
    assert.equal((await ask('/drain_listeners', { method: 'POST' })).body, 'OK\n');
    await ask('/drain_listeners?inboundonly', { method: 'POST' });
    assert.deepEqual(drains, [{ inboundOnly: false }, { inboundOnly: true }]);
  });

  it('changes nothing for pages of other sites', async () => {
    const headers = { origin: 'http://evil.example' };
    assert.equal((await ask('/drain_listeners', { method: 'POST', headers })).status, 403);
    assert.equal(drains.length, 2);
  });

  it('shows and changes levels of the log', async () => {
    const post = (query: string) => ask(`/logging${query}`, { method: 'POST' });
    assert.equal((await post('')).body, 'active loggers:\n  http: info\n  upstream: warning\n');
    assert.equal((await post('?http=debug')).body, 'active loggers:\n  http: debug\n  upstream: warning\n');
    assert.equal((await post('?level=error')).body, 'active loggers:\n  http: error\n  upstream: error\n');
    for (const query of ['?none=debug', '?http=loud', '?http=debug&upstream=debug']) {
      assert.equal((await post(query)).status, 400, query);
    }
    assert.equal((await ask('/logging')).status, 405);
  });

  it('says who it is', async () => {
    await env.time.advance(65_000);
    assert.deepEqual(JSON.parse((await ask('/server_info')).body), {
      version: 'fairlead/1',
      state: 'LIVE',
      uptime_current_epoch: '65s',
      uptime_all_epochs: '65s',
      node: { id: 'sidecar~10.0.0.1~a.b~b' },
    });
  });

  it('lists its paths, also to those who ask for another', async () => {
    const { body } = await ask('/help');
    for (const path of ['/stats', '/stats/prometheus', '/clusters', '/config_dump', '/listeners', '/ready']) {
      assert.ok(body.includes(`  ${path}: `), path);
    }
    assert.equal((await ask('/')).body, body);
    const unknown = await ask('/__proto__');
    assert.equal(unknown.status, 404);
    assert.ok(unknown.body.includes('/drain_listeners'));
  });

  it('survives a page that fails', async () => {
    stats.addSource(() => {
      throw new Error('broken');
    });
    assert.equal((await ask('/stats')).status, 500);
    assert.deepEqual(env.warnings, ['admin page failed']);
  });
});

describe('statistics of the proxy itself', () => {
  it('tell its state as Envoy numbers it', () => {
    const [reading] = readServer('DRAINING', 61_500);
    assert.deepEqual(
      [...(reading?.values ?? [])],
      [
        ['live', 0],
        ['state', 1],
        ['uptime', 61],
      ],
    );
  });
});
