import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { boundSpecs, hostOf, type ServiceRef } from '../../../src/client/index.js';

describe('services in bindings (1.1)', () => {
  const rows: [ServiceRef, string][] = [
    [{ name: 'a' }, 'a.here.svc.cluster.local'],
    [{ name: 'a', namespace: 'there' }, 'a.there.svc.cluster.local'],
    [{ name: 'a', namespace: '', domain: 'mesh' }, 'a.here.svc.mesh'],
    [{ name: 'a.example.com' }, 'a.example.com'],
    [{ service: 'b.example.com', name: 'a' }, 'b.example.com'],
  ];
  for (const [ref, host] of rows) {
    it(`are hosts: ${JSON.stringify(ref)}`, () => {
      assert.equal(hostOf(ref, { namespace: 'here' }), host);
    });
  }

  it('get the specs that are bound to them, once and by name', () => {
    const spec = (name: string, namespace = 'here') => ({ name, namespace });
    const specs = [spec('c'), spec('a'), spec('b', 'there'), spec('unbound')];
    const bindings = [
      { namespace: 'here', services: [{ name: 'x' }], specs: [{ name: 'c' }, { name: 'a' }, { name: 'missing' }] },
      { namespace: 'there', services: [{ service: '*' }], specs: [{ name: 'b' }, { name: 'a', namespace: 'here' }] },
      { namespace: 'here', services: [{ name: 'y' }], specs: [{ name: 'unbound' }] },
    ];
    const found = (host: string) => boundSpecs(host, { specs, bindings }).map(({ name }) => name);
    assert.deepEqual(found('x.here.svc.cluster.local'), ['a', 'c', 'b']);
    assert.deepEqual(found('z.here.svc.cluster.local'), ['a', 'b']);
  });
});
