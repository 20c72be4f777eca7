import { test } from 'node:test';
import rbac from 'fairlead/adapters/rbac';
import { adapterSuite } from 'fairlead/testing';

adapterSuite({
  test,
  adapter: rbac,
  configs: {
    good: ['cacheDuration: 30s', 'config_store_url: fs:///etc/roles\ncache_duration: 0s'],
    bad: [
      { params: 'cacheDuration: -1s', path: 'cacheDuration' },
      { params: 'cacheDuration: soon', path: 'cacheDuration' },
      { params: 'configStoreUrl: nowhere', path: 'configStoreUrl' },
    ],
  },
  resources: `
kind: ServiceRole
metadata: { name: everything }
spec: { rules: [{ services: ['*'] }] }
---
kind: ServiceRoleBinding
metadata: { name: everybody }
spec: { subjects: [{ user: '*' }], roleRef: { kind: ServiceRole, name: everything } }
`,
  readme: new URL('../../../src/adapters/rbac/README.md', import.meta.url),
});
