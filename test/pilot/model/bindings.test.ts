import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { modelOf, proxyOf, resource, servicesOf } from '../support.js';

const spec = (name: string): string => resource('QuotaSpec', name, '{ rules: [{ quotas: [{ quota: q }] }] }');
const binding = (services: string, specs = '{ name: s }', name = 'b'): string =>
  resource('QuotaSpecBinding', name, `{ services: [${services}], quotaSpecs: [${specs}] }`);

function bound(yaml: string, host = 'a.default.svc.cluster.local'): string[] {
  const view = modelOf(servicesOf(['a', 'b.other']) + yaml).viewFor(proxyOf());
  const service = view.scope.service(host);
  assert(service !== undefined);
  return view.quotaSpecs(service).map(({ name, namespace }) => `${namespace}/${name}`);
}

describe('the quota specs of a service', () => {
  const rows: readonly [ref: string, isBound: boolean][] = [
    ['{ name: a }', true],
    ['{ name: a, namespace: default }', true],
    ['{ name: a, namespace: other }', false],
    ['{ name: b }', false],
    ['{ name: a, domain: cluster.local }', true],
    ['{ name: a, domain: example.com }', false],
    ['{ service: a.default.svc.cluster.local }', true],
    ['{ service: "*" }', true],
    ['{ service: "*.default.svc.cluster.local" }', true],
    ['{ service: "*.other.svc.cluster.local" }', false],
    ['{ name: a.default.svc.cluster.local }', true],
  ];
  for (const [ref, isBound] of rows) {
    it(`${isBound ? 'are' : 'are not'} those bound to ${ref}`, () => {
      assert.deepEqual(bound(spec('s') + binding(ref)), isBound ? ['default/s'] : []);
    });
  }

  it('are each there once, by namespace and name', () => {
    const yaml =
      spec('s') +
      spec('r') +
      spec('s another') +
      binding('{ name: a }', '{ name: s }, { name: s, namespace: another }') +
      binding('{ service: "*" }', '{ name: r }, { name: s }', 'c');
    assert.deepEqual(bound(yaml), ['another/s', 'default/r', 'default/s']);
  });

  it('are found in the namespace of the binding', () => {
    const yaml = spec('s other') + binding('{ name: b }', '{ name: s }', 'b other');
    assert.deepEqual(bound(yaml, 'b.other.svc.cluster.local'), ['other/s']);
  });

  it('do not include what is not there, which is told', () => {
    const yaml = binding('{ name: a }', '{ name: s }, { name: t }');
    assert.deepEqual(bound(spec('t') + yaml), ['default/t']);
    const [found] = modelOf(spec('t') + yaml).diagnostics;
    assert.equal(found?.path, "QuotaSpecBinding 'b.default' quotaSpecs[0].name");
    assert.equal(found.severity, 'warning');
  });
});

describe('the API specs of a service', () => {
  it('are bound the same way', () => {
    const yaml =
      resource('HTTPAPISpec', 's', '{ patterns: [{ httpMethod: GET, uriTemplate: / }] }') +
      resource('HTTPAPISpecBinding', 'b', '{ services: [{ name: a }], apiSpecs: [{ name: s }] }');
    const view = modelOf(servicesOf(['a', 'c']) + yaml).viewFor(proxyOf());
    const names = (host: string) => {
      const service = view.scope.service(`${host}.default.svc.cluster.local`);
      return service && view.apiSpecs(service).map(({ name }) => name);
    };
    assert.deepEqual([names('a'), names('c')], [['s'], []]);
  });
});
