import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RbacResources } from '../../../src/adapters/rbac/kinds.js';
import { createScope } from '../../../src/adapters/rbac/scope.js';
import { decodeResources } from 'fairlead/testing';
import rbac from 'fairlead/adapters/rbac';
import { doc } from './support.js';

// Warnings are of no interest here.
const scopeOf = (yaml: string) => createScope(decodeResources(rbac, yaml).resources as RbacResources);
const cluster = (spec: string, name = 'default') => doc('ClusterRbacConfig', name, spec);
const old = (spec: string, namespace = 'istio-system') => doc('RbacConfig', 'default', spec, namespace);
const listed = '{ services: [svc.a], namespaces: [b] }';

describe('createScope', () => {
  const table: readonly (readonly [yaml: string, covered: readonly string[]])[] = [
    ['', ['svc.a', 'svc.b', 'svc.c']],
    [cluster("{ mode: 'ON' }"), ['svc.a', 'svc.b', 'svc.c']],
    [cluster("{ mode: 'OFF' }"), []],
    [cluster('{}'), []],
    [cluster(`{ mode: ON_WITH_INCLUSION, inclusion: ${listed} }`), ['svc.a', 'svc.b']],
    [cluster(`{ mode: 3, exclusion: ${listed} }`), ['svc.c']],
    [cluster(`{ mode: ON_WITH_INCLUSION, exclusion: ${listed} }`), []],
    [old("{ mode: 'OFF' }"), []],
    [old("{ mode: 'OFF' }", 'other'), ['svc.a', 'svc.b', 'svc.c']],
    [cluster("{ mode: 'OFF' }", 'other'), ['svc.a', 'svc.b', 'svc.c']],
    [cluster("{ mode: 'ON' }") + old("{ mode: 'OFF' }"), ['svc.a', 'svc.b', 'svc.c']],
    [cluster("{ mode: 'OFF' }") + old("{ mode: 'ON' }"), []],
  ];
  for (const [yaml, covered] of table) {
    it(`covers ${covered.join(', ') || 'nothing'} by ${yaml.replaceAll('\n', ' ') || 'nothing at all'}`, () => {
      const scope = scopeOf(yaml);
      assert.deepEqual(['a', 'b', 'c'].filter((name) => scope.covers(name, `svc.${name}`)).map((name) => `svc.${name}`), covered); // prettier-ignore
    });
  }

  it('is permissive only when told', () => {
    assert.equal(scopeOf(cluster("{ mode: 'ON', enforcement_mode: PERMISSIVE }")).permissive, true);
    assert.equal(scopeOf(cluster("{ mode: 'ON' }")).permissive, false);
    assert.equal(scopeOf('').permissive, false);
  });
});
