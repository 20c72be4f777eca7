import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { indexDestinationRules } from '../../../src/pilot/model/destination-rules.js';
import { defaultMesh } from '../../../src/pilot/model/mesh.js';
import type { Service } from '../../../src/pilot/model/service.js';
import { configsOf, resource } from '../support.js';

const service = (hostname: string, namespace = 'svc'): Service => ({
  hostname,
  name: hostname,
  namespace,
  addresses: [],
  ports: [],
  resolution: 'LISTED',
  isExternal: false,
  serviceAccounts: [],
  createdAt: 0,
  exportTo: [],
  labels: new Map(),
  uid: '',
  registry: 'test',
});
const a = service('a.svc.svc.cluster.local');

/** Rules by `name namespace`, each with a subset of its own name. */
function index(...rules: readonly (readonly [name: string, spec: string])[]) {
  const yaml = rules.map(([name, spec]) =>
    resource('DestinationRule', name, `{ subsets: [{ name: ${name.split(' ')[0]} }], ${spec} }`),
  );
  return indexDestinationRules(configsOf(yaml.join('')).list('DestinationRule'), defaultMesh);
}
const host = 'host: a.svc.svc.cluster.local';
const found = (rules: ReturnType<typeof index>, namespace: string, target = a) => [
  ...(rules.ruleFor(target, namespace)?.subsets.keys() ?? []),
];

describe('the DestinationRule for a service', () => {
  const everywhere = index(['client client', host], ['server svc', host], ['root istio-system', host]);

  it("is that of the client's namespace before all others", () => {
    assert.deepEqual(found(everywhere, 'client'), ['client']);
  });

  it("is else that of the service's namespace", () => {
    assert.deepEqual(found(everywhere, 'elsewhere'), ['server']);
  });

  it('is else that of the root namespace', () => {
    assert.deepEqual(found(index(['root istio-system', host]), 'client'), ['root']);
  });

  it("is for a client in the root namespace that of the service's namespace", () => {
    assert.deepEqual(found(everywhere, 'istio-system'), ['server']);
  });

  it('is none where nothing fits', () => {
    assert.deepEqual(
      found(index(['client client', 'host: b.svc.svc.cluster.local'], ['server other', host]), 'client'),
      [],
    );
  });

  it('may be private for a client of its namespace, not for others', () => {
    const rules = index(['client client', `${host}, exportTo: ["."]`], ['server svc', `${host}, exportTo: ["."]`]);
    assert.deepEqual(found(rules, 'client'), ['client']);
    assert.deepEqual(found(rules, 'svc'), ['server']);
    assert.deepEqual(found(rules, 'elsewhere'), []);
  });

  it('has the most specific host', () => {
    const rules = index(
      ['all client', 'host: "*"'],
      ['local client', 'host: "*.local"'],
      ['cluster client', 'host: "*.cluster.local"'],
      ['exact client', host],
    );
    assert.deepEqual(found(rules, 'client'), ['exact']);
    assert.deepEqual(found(rules, 'client', service('b.svc.svc.cluster.local')), ['cluster']);
    assert.deepEqual(found(rules, 'client', service('x.local')), ['local']);
    assert.deepEqual(found(rules, 'client', service('x.com')), ['all']);
  });

  it('completes short names with its own namespace', () => {
    assert.deepEqual(found(index(['server svc', 'host: a']), 'client'), ['server']);
    assert.deepEqual(found(index(['other client', 'host: a']), 'client'), []);
  });

  it('takes the client namespace even where its host is less specific', () => {
    assert.deepEqual(found(index(['wide client', 'host: "*.local"'], ['exact svc', host]), 'client'), ['wide']);
  });

  it('inherits nothing from a rule with a wildcard', () => {
    const rules = index(['wide svc', 'host: "*.local", trafficPolicy: { tls: { mode: SIMPLE } }'], ['exact svc', host]);
    assert.equal(rules.ruleFor(a, 'client')?.trafficPolicy, undefined);
  });
});

describe('DestinationRules of one namespace for one host', () => {
  const rules = index(
    ['old svc 2019-01-01T00:00:00Z', `${host}, trafficPolicy: { tls: { mode: SIMPLE } }`],
    ['young svc 2019-01-02T00:00:00Z', `${host}, trafficPolicy: { tls: { mode: DISABLE } }`],
    ['none svc 2018-01-01T00:00:00Z', 'host: a'],
  );

  it('add their subsets up', () => {
    assert.deepEqual(found(rules, 'client'), ['none', 'old', 'young']);
  });

  it('have the policy of the oldest that has one, with a warning', () => {
    assert.equal(rules.ruleFor(a, 'client')?.trafficPolicy?.tls?.mode, 'SIMPLE');
    assert.deepEqual(
      rules.diagnostics.map(({ severity, path }) => `${severity} ${path}`),
      ["warning DestinationRule 'young.svc' trafficPolicy"],
    );
  });

  it('drop a subset that another one has, with a warning', () => {
    const twice = index(
      ['a svc 2019-01-01T00:00:00Z', host],
      ['b svc 2019-01-02T00:00:00Z', `${host}, exportTo: ["*"]`],
    );
    assert.deepEqual(twice.diagnostics, []);
    const yaml = ['one', 'two'].map((name) =>
      resource('DestinationRule', `${name} svc`, `{ ${host}, subsets: [{ name: v, labels: { rule: ${name} } }] }`),
    );
    const merged = indexDestinationRules(configsOf(yaml.join('')).list('DestinationRule'), defaultMesh);
    assert.equal(merged.ruleFor(a, 'x')?.subsets.get('v')?.labels.get('rule'), 'one');
    assert.equal(merged.diagnostics[0]?.path, "DestinationRule 'two.svc' subsets[0].name");
  });

  it('count for others only as far as they are public', () => {
    const mixed = index(['hidden svc', `${host}, exportTo: ["."]`], ['open svc', host]);
    assert.deepEqual(found(mixed, 'svc'), ['hidden', 'open']);
    assert.deepEqual(found(mixed, 'client'), ['open']);
  });
});
