import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Cluster } from '../../../src/gen/fairlead/proxy/v1/cluster.js';
import { listClusters } from '../../../src/cli/proxy-config/clusters.js';
import { listEndpoints, listHosts } from '../../../src/cli/proxy-config/endpoints.js';
import type { Listing } from '../../../src/cli/proxy-config/listing.js';
import { listListeners } from '../../../src/cli/proxy-config/listeners.js';
import { levelRequests } from '../../../src/cli/proxy-config/log-levels.js';
import { readDump } from '../../../src/cli/proxy-config/proxy-dump.js';
import { chooseTarget } from '../../../src/cli/proxy-config/read-target.js';
import { listRoutes } from '../../../src/cli/proxy-config/routes.js';

const reviews = 'reviews.default.svc.cluster.local';
const envoy = readDump({
  configs: [
    {
      '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
      static_clusters: [{ cluster: { name: 'xds' } }],
      dynamic_active_clusters: [
        { cluster: { name: `outbound|9080|v1|${reviews}`, type: 'EDS' } },
        { cluster: { name: 'PassthroughCluster', type: 'ORIGINAL_DST' } },
      ],
    },
    {
      dynamic_listeners: [
        {
          name: '0.0.0.0_9080',
          active_state: {
            listener: {
              name: '0.0.0.0_9080',
              address: { socket_address: { address: '0.0.0.0', port_value: 9080 } },
              filter_chains: [
                { filters: [{ name: 'envoy.filters.network.http_connection_manager' }] },
                { filters: [{ name: 'envoy.filters.network.tcp_proxy' }] },
              ],
            },
          },
        },
      ],
    },
    {
      dynamic_route_configs: [{ route_config: { name: '9080', virtual_hosts: [{}, {}] } }],
      static_route_configs: [{ route_config: {} }],
    },
  ],
});
const own = readDump({
  configs: [
    {
      config: {
        clusters: [{ name: `outbound|9080||${reviews}`, discovery: 0 }],
        listeners: [{ name: 'http_proxy', address: '127.0.0.1', port: 15_002, chains: [{ http: {} }] }],
        routeTables: [{ name: 'http_proxy', virtualHosts: [{}] }],
        endpoints: [
          {
            cluster: `outbound|9080||${reviews}`,
            localities: [
              {
                endpoints: [
                  { address: '10.0.0.1', port: 8080 },
                  { address: '/run/a', port: 0 },
                ],
              },
            ],
          },
        ],
      },
    },
  ],
});
const cells = ({ rows }: Listing) => rows.map((row) => row.cells);

describe('listings of a proxy', () => {
  it('lists clusters of Envoy and of our proxy', () => {
    assert.deepEqual(cells(listClusters(envoy, {})), [
      ['PassthroughCluster', '-', '-', '-', 'ORIGINAL_DST'],
      [reviews, '9080', 'v1', 'outbound', 'EDS'],
      ['xds', '-', '-', '-', 'STATIC'],
    ]);
    assert.deepEqual(cells(listClusters(own, {})), [[reviews, '9080', '-', 'outbound', 'EDS']]);
  });

  for (const filters of [{ fqdn: reviews }, { port: '9080' }, { subset: 'V1' }, { direction: 'OUTBOUND' }]) {
    it(`keeps one cluster by ${Object.keys(filters).join()}`, () => {
      assert.equal(listClusters(envoy, filters).rows.length, 1);
    });
  }

  it('lists listeners by what they take', () => {
    assert.deepEqual(cells(listListeners(envoy, {})), [['0.0.0.0', 9080, 'HTTP+TCP']]);
    assert.deepEqual(cells(listListeners(own, { type: 'http', port: '15002', address: '127.0.0.1' })), [
      ['127.0.0.1', 15_002, 'HTTP'],
    ]);
    assert.deepEqual(cells(listListeners(own, { port: '80' })), []);
  });

  it('lists routes that have a name', () => {
    assert.deepEqual(cells(listRoutes(envoy, {})), [['9080', 2]]);
    assert.deepEqual(cells(listRoutes(own, { name: 'http_proxy' })), [['http_proxy', 1]]);
  });

  it('lists endpoints of a configuration', () => {
    assert.deepEqual(cells(listEndpoints(own, {})), [
      ['/run/a', '-', '-', `outbound|9080||${reviews}`],
      ['10.0.0.1:8080', '-', '-', `outbound|9080||${reviews}`],
    ]);
  });

  it('lists endpoints with their health', () => {
    const host = (address: string, health: object) => ({
      address: { socket_address: { address, port_value: 80 } },
      health_status: { eds_health_status: 'HEALTHY', ...health },
    });
    const statuses = [
      {
        name: 'a',
        host_statuses: [
          host('10.0.0.1', {}),
          host('::1', { failed_outlier_check: true }),
          host('10.0.0.3', { failed_active_health_check: true }),
          { address: { pipe: { path: '/run/a' } } },
        ],
      },
    ];
    assert.deepEqual(cells(listHosts({ cluster_statuses: statuses }, {})), [
      ['10.0.0.1:80', 'HEALTHY', 'OK', 'a'],
      ['10.0.0.3:80', 'UNHEALTHY', 'OK', 'a'],
      ['[::1]:80', 'HEALTHY', 'FAILED', 'a'],
      ['unix:///run/a', 'HEALTHY', 'OK', 'a'],
    ]);
    assert.equal(listHosts({ cluster_statuses: statuses }, { status: 'unhealthy', cluster: 'a' }).rows.length, 1);
  });

  it('opens what Pilot holds for our proxy', () => {
    const cluster = Cluster.fromPartial({ name: `outbound|80||${reviews}`, connectTimeout: { seconds: 1n, nanos: 0 } });
    const value = Buffer.from(Cluster.encode(cluster).finish()).toString('base64');
    const type = 'type.googleapis.com/fairlead.proxy.v1.Cluster';
    const dump = (given: object) => readDump({ configs: [{ dynamic_active_clusters: [{ cluster: given }] }] });
    const { clusters } = dump({ '@type': type, value });
    assert.equal(clusters[0]?.name, cluster.name);
    assert.deepEqual(clusters[0].message['connectTimeout'], { seconds: '1', nanos: 0 });
    assert.deepEqual(dump({ '@type': type, value: '////' }).clusters, []);
  });

  it('takes anything for a dump', () => {
    for (const dump of [null, 5, [], { configs: 5 }, { configs: [null, { dynamic_listeners: [null, {}] }] }]) {
      assert.deepEqual(readDump(dump), { clusters: [], listeners: [], routes: [], endpoints: [] });
    }
  });
});

describe('chooseTarget()', () => {
  it('takes host:port for an admin port, and all else for a proxy', () => {
    const flags = { pilot: 'pilot:8080' };
    assert.deepEqual(chooseTarget('127.0.0.1:15000', flags).server.address, '127.0.0.1:15000');
    assert.equal(chooseTarget('a.default', flags).proxy, 'a.default');
    assert.equal(chooseTarget('a.default', { ...flags, admin: 'x:1' }).server.address, 'x:1');
    assert.throws(() => chooseTarget(undefined, flags), /which proxy/);
  });
});

describe('levelRequests()', () => {
  it('sets the level of all, or of some', () => {
    assert.deepEqual(levelRequests('warning'), ['/logging?level=warning']);
    assert.deepEqual(levelRequests('http:debug, upstream:off'), ['/logging?http=debug', '/logging?upstream=off']);
    for (const text of ['', 'loud', ':debug', 'http:loud']) assert.throws(() => levelRequests(text), /not a level/);
  });
});
