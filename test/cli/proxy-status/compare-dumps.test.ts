import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readDump } from '../../../src/cli/proxy-config/proxy-dump.js';
import { compareDumps } from '../../../src/cli/proxy-status/compare-dumps.js';

const cluster = (name: string, more: object = {}) => ({ cluster: { name, ...more } });
const hosts = (port: number) => ({
  endpoint_config: {
    cluster_name: 'a',
    endpoints: [
      { lb_endpoints: [{ endpoint: { address: { socket_address: { address: '10.0.0.1', port_value: port } } } }] },
    ],
  },
});

it('tells what a proxy lacks, what it should not have, and what differs; what it was started with does not count', () => {
  const has = readDump({
    configs: [
      {
        static_clusters: [cluster('xds')],
        dynamic_active_clusters: [cluster('a', { connect_timeout: '1s' }), cluster('b')],
      },
      { dynamic_endpoint_configs: [hosts(80)] },
    ],
  });
  const wanted = readDump({
    configs: [
      { dynamic_active_clusters: [cluster('a', { connectTimeout: { seconds: '2', nanos: 0 } }), cluster('c')] },
      { dynamic_endpoint_configs: [hosts(81)] },
    ],
  });
  assert.deepEqual(compareDumps(has, wanted), [
    { title: 'Clusters', lines: ['~ a: connect_timeout', '- b', '+ c'] },
    { title: 'Listeners', lines: [] },
    { title: 'Routes', lines: [] },
    { title: 'Endpoints', lines: ['- a 10.0.0.1:80', '+ a 10.0.0.1:81'] },
  ]);
});
