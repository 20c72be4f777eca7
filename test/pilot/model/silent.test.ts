import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFileRegistry, createModel, type Service } from '../../../src/pilot/index.js';
import { knownOf, serviceOf, ToldRegistry } from '../registry/support.js';
import { modelOf, proxyOf, resource, servicesOf, storeOf } from '../support.js';

const service = (name: string, rest: string): string =>
  resource('VirtualService', name, `{ http: [{ route: [{ destination: { host: b } }] }], ${rest} }`);
const found = (yaml: string): string[] => modelOf(yaml).diagnostics.map(({ severity, path }) => `${severity} ${path}`);

describe('what has no effect is told:', () => {
  it('a VirtualService for a host that an older one routes', () => {
    const yaml = service('u', 'hosts: [a]') + service('v', 'hosts: [x.com, a.default.svc.cluster.local]');
    assert.deepEqual(found(yaml), ["warning VirtualService 'v.default' hosts[1]"]);
  });

  it('but not where the other one is private to another namespace, or for gateways', () => {
    const host = 'hosts: [a.com]';
    assert.deepEqual(found(service('u other', `${host}, exportTo: ["."]`) + service('v', host)), []);
    assert.deepEqual(found(service('u', `${host}, exportTo: ["."]`) + service('v', `${host}, exportTo: ["."]`)), [
      "warning VirtualService 'v.default' hosts[0]",
    ]);
    const edge = resource(
      'Gateway',
      'edge',
      '{ servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }',
    );
    assert.deepEqual(found(edge + service('u', host) + service('v', `${host}, gateways: [edge]`)), []);
  });

  it('but not a host that one VirtualService calls by two names', () => {
    assert.deepEqual(found(service('u', 'hosts: [a, a.default.svc.cluster.local]')), []);
  });

  it('a VirtualService for a service that an older one routes by a wildcard', () => {
    const wide = service('wide default 2019-01-01T00:00:00Z', 'hosts: ["*.default.svc.cluster.local"]');
    const one = service('one default 2019-01-02T00:00:00Z', 'hosts: [a]');
    assert.deepEqual(found(wide + one + servicesOf(['a'])), ["warning VirtualService 'one.default' hosts[0]"]);
    // What no registry knows has virtual hosts for both, and Envoy takes the more special one.
    assert.deepEqual(found(wide + one), []);
    const hidden = wide.replace('http:', 'exportTo: ["."], http:').replace('namespace: default', 'namespace: other');
    assert.deepEqual(found(hidden + one + servicesOf(['a'])), []);
    assert.deepEqual(found(wide.replace('2019-01-01', '2019-01-03') + one + servicesOf(['a'])), []);
    const all = service('all default 2019-01-02T00:00:00Z', 'hosts: ["*.svc.cluster.local"]');
    assert.deepEqual(found(wide + all + servicesOf(['a'])), []);
  });

  it('a name of a Gateway that is not there', () => {
    assert.deepEqual(found(service('v', 'hosts: [a], gateways: [mesh, edge]')), [
      "warning VirtualService 'v.default' gateways[1]",
    ]);
  });

  it('a second Sidecar for a whole namespace', () => {
    const sidecar = (name: string, selector = ''): string =>
      resource('Sidecar', name, `{ ${selector}egress: [{ hosts: ["*/*"] }] }`);
    const selecting = 'workloadSelector: { labels: { app: a } }, ';
    const yaml = sidecar('a') + sidecar('b') + sidecar('c', selecting) + sidecar('d', selecting) + sidecar('a other');
    assert.deepEqual(found(yaml), ["warning Sidecar 'b.default' metadata.name"]);
  });

  describe('a ServiceEntry for a host that another registry knows', () => {
    const entry = (exportTo = ''): string => {
      const spec = `${exportTo}hosts: [x.com], ports: [{ number: 81, name: tcp, protocol: TCP }], resolution: STATIC`;
      return resource(
        'ServiceEntry',
        'mine default 2019-01-02T00:00:00Z',
        `{ ${spec}, endpoints: [{ address: 9.9.9.9 }] }`,
      );
    };
    const both = (given: Partial<Service>, options: { entry?: string; isFirst?: boolean } = {}) => {
      const told = new ToldRegistry('kubernetes').tell(
        knownOf(serviceOf('x.com', { registry: 'kubernetes', ...given }), '1.1.1.1'),
      );
      const store = storeOf(options.entry ?? entry());
      const files = createFileRegistry(store);
      const registries = options.isFirst === true ? [files, told] : [told, files];
      const model = createModel({ resources: store.current().resources, registries });
      const seenFrom = (namespace: string): unknown[] => {
        const service = model.viewFor(proxyOf({ namespace })).scope.service('x.com');
        return [service?.registry, service?.namespace];
      };
      return { seenFrom, found: model.diagnostics.map(({ path, message }) => `${path} ${message}`) };
    };
    const at = "ServiceEntry 'mine.default' hosts[0]";

    it('loses to a registry that is named before it', () => {
      const { seenFrom, found: messages } = both({});
      assert.deepEqual(seenFrom('default'), ['kubernetes', 'default']);
      assert.deepEqual(messages, [`${at} adds no more than endpoints: the registry 'kubernetes' has a service x.com`]);
    });

    it('wins over one that is named after it', () => {
      const { seenFrom, found: messages } = both({}, { isFirst: true });
      assert.deepEqual(seenFrom('default'), ['file', 'default']);
      assert.deepEqual(messages, []);
    });

    it('counts in its own namespace, and in others only where it is older', () => {
      const older = both({ namespace: 'other', createdAt: 1 });
      assert.deepEqual(older.seenFrom('default'), ['file', 'default']);
      assert.deepEqual(older.seenFrom('third'), ['kubernetes', 'other']);
      assert.deepEqual(older.found, [`${at} has no effect in other namespaces: the service x.com of 'other' is older`]);
      const younger = both({ namespace: 'other', createdAt: Date.parse('2020-01-01') });
      assert.deepEqual(younger.seenFrom('third'), ['file', 'default']);
      assert.deepEqual(younger.found, []);
      const mine = both({ namespace: 'other', createdAt: 1 }, { entry: entry('exportTo: ["."], ') });
      assert.deepEqual(mine.found, []);
    });
  });
});
