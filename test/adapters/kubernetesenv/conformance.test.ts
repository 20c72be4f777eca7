import { join } from 'node:path';
import { test } from 'node:test';
import kubernetesenv from 'fairlead/adapters/kubernetesenv';
import { adapterSuite } from 'fairlead/testing';
import { tempFolder } from '../../support/temp-folder.js';
import { instanceOf } from './setup.js';

// Wherever the suite runs, there must be no cluster around it.
delete process.env['KUBERNETES_SERVICE_HOST'];
process.env['KUBECONFIG'] = '';

const workloads = `
- { name: ann, namespace: default, ips: [10.0.0.1], labels: { app: ann, __proto__: x } }
- { name: bob, namespace: default, ips: [10.0.0.2], containers: [{ name: app, ports: [80] }] }
`;
const path = join(tempFolder({ 'workloads.yaml': workloads }), 'workloads.yaml');

adapterSuite({
  test,
  adapter: kubernetesenv,
  instances: {
    kubernetes: [
      instanceOf({ from: 'kubernetes://ann.default', toIp: '10.0.0.2', port: 80n }),
      instanceOf({ from: 'kubernetes://nobody.default' }),
    ],
  },
  configs: {
    good: [
      `registry: FILE\nworkloadsPath: ${path}`,
      `registry: 1\nworkloads_path: ${path}\ncache_refresh_duration: 10s`,
      'kubeconfig_path: ""\ncluster_registries_namespace: other',
      '',
    ],
    bad: [
      { params: 'registry: FILE', path: 'workloadsPath' },
      { params: `workloadsPath: ${path}`, path: 'workloadsPath' },
      { params: 'registry: CONSUL', path: 'registry' },
      { params: 'cacheRefreshDuration: often', path: 'cacheRefreshDuration' },
    ],
  },
  readme: new URL('../../../src/adapters/kubernetesenv/README.md', import.meta.url),
});
