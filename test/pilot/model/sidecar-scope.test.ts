import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { selectSidecar } from '../../../src/pilot/model/sidecar-scope.js';
import { configsOf, modelOf, proxyOf, resource, servicesOf, viewOf } from '../support.js';

const any = 'egress: [{ hosts: ["*/*"] }]';
const names = (services: readonly { readonly name: string; readonly namespace: string }[]): string[] =>
  services.map(({ name, namespace }) => `${name}.${namespace}`).sort();

describe('the Sidecar of a proxy', () => {
  const sidecars = configsOf(
    [
      resource('Sidecar', 'root istio-system', `{ ${any} }`),
      resource('Sidecar', 'root-selecting istio-system', `{ workloadSelector: { labels: { app: a } }, ${any} }`),
      resource('Sidecar', 'general shop', `{ ${any} }`),
      resource('Sidecar', 'second shop 2020-01-01T00:00:00Z', `{ ${any} }`),
      resource('Sidecar', 'selecting shop', `{ workloadSelector: { labels: { app: a } }, ${any} }`),
      resource('Sidecar', 'only bar', `{ workloadSelector: { labels: { app: a } }, ${any} }`),
    ].join(''),
  ).list('Sidecar');
  const rows: readonly [what: string, namespace: string, app: string, want: string | undefined][] = [
    ['one that selects it', 'shop', 'a', 'selecting'],
    ['else the oldest of its namespace that selects nothing', 'shop', 'b', 'general'],
    ['else that of the root namespace', 'foo', 'b', 'root'],
    ['not one of the root namespace that selects', 'foo', 'a', 'root'],
    ["the root namespace's for one that the namespace's own does not select", 'bar', 'b', 'root'],
    ['one that selects, in the root namespace too', 'istio-system', 'a', 'root-selecting'],
  ];
  for (const [what, namespace, app, want] of rows) {
    it(`is ${what}`, () => {
      const found = selectSidecar(sidecars, proxyOf({ namespace, labels: { app } }), 'istio-system');
      assert.equal(found?.name, want);
    });
  }

  it('is none where there is none', () => {
    assert.equal(selectSidecar([], proxyOf(), 'istio-system'), undefined);
  });
});

describe('what a proxy knows of', () => {
  const services = servicesOf(['a', 'b', 'c.other', 'd.third']);
  const importing = (hosts: string): string[] =>
    names(viewOf(services + resource('Sidecar', 's', `{ egress: [{ hosts: [${hosts}] }] }`)).scope.services);

  it('is all that is visible where there is no Sidecar', () => {
    assert.deepEqual(names(viewOf(services).scope.services), ['a.default', 'b.default', 'c.other', 'd.third']);
  });

  const rows: readonly [hosts: string, want: readonly string[]][] = [
    ['"*/*"', ['a.default', 'b.default', 'c.other', 'd.third']],
    ['./*', ['a.default', 'b.default']],
    ['other/*', ['c.other']],
    ['"~/*"', []],
    ['"*/a.default.svc.cluster.local"', ['a.default']],
    ['other/a.default.svc.cluster.local', []],
    ['"*/*.other.svc.cluster.local", ./b.default.svc.cluster.local', ['b.default', 'c.other']],
    ['third/*, other/*', ['c.other', 'd.third']],
  ];
  for (const [hosts, want] of rows) {
    it(`is what ${hosts} names`, () => assert.deepEqual(importing(hosts), want));
  }

  it('means its own namespace by a dot, in the Sidecar of the root namespace too', () => {
    const view = viewOf(services + resource('Sidecar', 's istio-system', '{ egress: [{ hosts: [./*] }] }'), {
      namespace: 'other',
    });
    assert.deepEqual(names(view.scope.services), ['c.other']);
  });

  it('does not include what is private to another namespace', () => {
    const yaml = `kind: Services
metadata: { name: s }
spec:
  services:
    - { name: open, namespace: other, ports: [{ name: http, port: 80 }] }
    - { name: hidden, namespace: other, ports: [{ name: http, port: 80 }], exportTo: ["."] }`;
    assert.deepEqual(names(viewOf(yaml).scope.services), ['open.other']);
    assert.deepEqual(names(viewOf(yaml, { namespace: 'other' }).scope.services), ['hidden.other', 'open.other']);
  });

  it('follows what the mesh says about export', () => {
    const mesh = resource('MeshConfig', 'mesh', '{ defaultServiceExportTo: ["."] }');
    assert.deepEqual(names(viewOf(services + mesh).scope.services), ['a.default', 'b.default']);
  });

  it('prefers its own namespace where a host is in several', () => {
    const entry = (namespace: string, time: string): string =>
      resource(
        'ServiceEntry',
        `e ${namespace} ${time}`,
        '{ hosts: [a.com], ports: [{ number: 80, name: http, protocol: HTTP }] }',
      );
    const yaml = entry('old', '2018-01-01T00:00:00Z') + entry('default', '2019-01-01T00:00:00Z');
    assert.equal(viewOf(yaml).scope.service('a.com')?.namespace, 'default');
    assert.equal(viewOf(yaml, { namespace: 'x' }).scope.service('a.com')?.namespace, 'old');
  });

  it('includes where imported VirtualServices send traffic to', () => {
    const yaml =
      services +
      resource('Sidecar', 's', '{ egress: [{ hosts: [./*] }] }') +
      resource(
        'VirtualService',
        'v',
        '{ hosts: [a], http: [{ route: [{ destination: { host: c.other.svc.cluster.local } }] }] }',
      );
    const { scope } = viewOf(yaml);
    assert.deepEqual(names(scope.services), ['a.default', 'b.default', 'c.other']);
    assert.deepEqual(names(scope.egress[0]?.services ?? []), ['a.default', 'b.default']);
  });

  it('imports VirtualServices by their hosts and namespaces', () => {
    const route = 'http: [{ route: [{ destination: { host: b } }] }]';
    const yaml =
      services +
      resource('Sidecar', 's', '{ egress: [{ hosts: [./a.default.svc.cluster.local] }] }') +
      resource('VirtualService', 'mine', `{ hosts: [a], ${route} }`) +
      resource('VirtualService', 'wide', `{ hosts: ["*.default.svc.cluster.local"], ${route} }`) +
      resource('VirtualService', 'b', `{ hosts: [b], ${route} }`) +
      resource('VirtualService', 'theirs other', `{ hosts: [a.default.svc.cluster.local], ${route} }`);
    const [egress] = viewOf(yaml).scope.egress;
    assert.deepEqual(names(egress?.virtualServices.map(({ config }) => config) ?? []), [
      'mine.default',
      'wide.default',
    ]);
  });

  it('has a scope for each listener, with the listener', () => {
    const spec = `{ egress: [
      { port: { number: 3306, protocol: MYSQL, name: m }, captureMode: NONE, hosts: [./a.default.svc.cluster.local] },
      { hosts: [other/*] }] }`;
    const { egress } = viewOf(services + resource('Sidecar', 's', spec)).scope;
    assert.deepEqual(
      egress.map((one) => [one.listener?.port?.number, ...names(one.services)]),
      [
        [3306, 'a.default'],
        [undefined, 'c.other'],
      ],
    );
  });
});

describe('the outbound policy of a proxy', () => {
  const mesh = resource('MeshConfig', 'mesh', '{ outboundTrafficPolicy: { mode: REGISTRY_ONLY } }');

  it("is the mesh's, which lets everything out where it says nothing", () => {
    assert.equal(viewOf('').scope.outboundTrafficMode, 'ALLOW_ANY');
    assert.equal(viewOf(mesh).scope.outboundTrafficMode, 'REGISTRY_ONLY');
  });

  it("is the Sidecar's where it has one", () => {
    const sidecar = (policy: string): string => resource('Sidecar', 's', `{ ${any}${policy} }`);
    assert.equal(viewOf(mesh + sidecar('')).scope.outboundTrafficMode, 'REGISTRY_ONLY');
    assert.equal(
      viewOf(mesh + sidecar(', outboundTrafficPolicy: { mode: ALLOW_ANY }')).scope.outboundTrafficMode,
      'ALLOW_ANY',
    );
    assert.equal(viewOf(sidecar(', outboundTrafficPolicy: {}')).scope.outboundTrafficMode, 'REGISTRY_ONLY');
  });
});

describe('scopes', () => {
  it('are shared by proxies that see the same', () => {
    const model = modelOf(servicesOf(['a']));
    assert.equal(model.viewFor(proxyOf({ id: '1' })).scope, model.viewFor(proxyOf({ id: '2' })).scope);
    assert.notEqual(model.viewFor(proxyOf()).scope, model.viewFor(proxyOf({ namespace: 'x' })).scope);
  });

  it('of routers follow no Sidecar', () => {
    const yaml = servicesOf(['a']) + resource('Sidecar', 's', '{ egress: [{ hosts: ["~/*"] }] }');
    assert.deepEqual(names(viewOf(yaml, { type: 'router' }).scope.services), ['a.default']);
  });
});
