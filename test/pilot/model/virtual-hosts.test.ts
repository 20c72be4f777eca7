import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualHost } from '../../../src/pilot/index.js';
import { resource, servicesOf, viewOf } from '../support.js';

const full = (name: string, namespace = 'default'): string => `${name}.${namespace}.svc.cluster.local`;
const to = (host: string): string => `http: [{ route: [{ destination: { host: ${host} } }] }]`;

function hostsOf(yaml: string, port = 80, proxy: Parameters<typeof viewOf>[1] = {}): readonly VirtualHost[] {
  const view = viewOf(yaml, proxy);
  const [listener] = view.scope.egress;
  assert(listener !== undefined);
  return view.virtualHosts(listener, port);
}
/** Each virtual host with the VirtualService that routes it. */
const show = (hosts: readonly VirtualHost[]): string[] =>
  hosts.map(({ name, virtualService }) => `${name} ${virtualService?.config.name ?? '-'}`);

describe('the virtual hosts of a port', () => {
  it('are one for each HTTP service, by name', () => {
    assert.deepEqual(show(hostsOf(servicesOf(['b', 'a']))), [`${full('a')}:80 -`, `${full('b')}:80 -`]);
  });

  it('are those of services that have the port', () => {
    assert.deepEqual(hostsOf(servicesOf(['a']), 81), []);
  });

  it('leave out ports that do not speak HTTP, and keep those that may', () => {
    assert.deepEqual(hostsOf(servicesOf(['a'], '{ name: tcp, port: 80 }')), []);
    assert.deepEqual(hostsOf(servicesOf(['a'], '{ name: https, port: 80 }')), []);
    assert.deepEqual(show(hostsOf(servicesOf(['a'], '{ name: web, port: 80 }'))), [`${full('a')}:80 -`]);
    assert.deepEqual(show(hostsOf(servicesOf(['a'], '{ name: grpc, port: 80 }'))), [`${full('a')}:80 -`]);
  });

  it('have the VirtualService for their host', () => {
    const hosts = hostsOf(servicesOf(['a', 'b']) + resource('VirtualService', 'v', `{ hosts: [a], ${to('b')} }`));
    assert.deepEqual(show(hosts), [`${full('a')}:80 v`, `${full('b')}:80 -`]);
    assert.equal(hosts[0]?.rules[0]?.rule.route[0]?.destination.host, full('b'));
  });

  it('have a VirtualService with a wildcard for each service that it means', () => {
    const hosts = hostsOf(
      servicesOf(['a', 'b', 'c.other']) +
        resource('VirtualService', 'v', `{ hosts: ["*.default.svc.cluster.local"], ${to('b')} }`),
    );
    assert.deepEqual(show(hosts), [`${full('a')}:80 v`, `${full('b')}:80 v`, `${full('c', 'other')}:80 -`]);
  });

  it('have the oldest of several VirtualServices', () => {
    const yaml = servicesOf(['a', 'b']);
    const wide = resource('VirtualService', 'wide default 2019-01-01T00:00:00Z', `{ hosts: ["*.local"], ${to('b')} }`);
    const exact = resource('VirtualService', 'exact default 2019-01-02T00:00:00Z', `{ hosts: [a], ${to('b')} }`);
    assert.deepEqual(show(hostsOf(yaml + exact + wide)), [`${full('a')}:80 wide`, `${full('b')}:80 wide`]);
  });

  it('have of two of one age the first by name and namespace', () => {
    const yaml = servicesOf(['a', 'b']);
    const hosts = hostsOf(
      yaml +
        resource('VirtualService', 'v zoo', `{ hosts: [${full('a')}], ${to('b')} }`) +
        resource('VirtualService', 'v bar', `{ hosts: [${full('a')}], ${to('b')} }`),
    );
    assert.equal(hosts[0]?.virtualService?.config.namespace, 'bar');
  });

  it('pass over a VirtualService that does not apply to the workload', () => {
    const old = resource(
      'VirtualService',
      'old default 2019-01-01T00:00:00Z',
      '{ hosts: [a], http: [{ match: [{ sourceLabels: { app: x } }], route: [{ destination: { host: b } }] }] }',
    );
    const young = resource('VirtualService', 'young default 2019-01-02T00:00:00Z', `{ hosts: [a], ${to('b')} }`);
    const yaml = servicesOf(['a']) + old + young;
    assert.deepEqual(show(hostsOf(yaml)), [`${full('a')}:80 young`]);
    assert.deepEqual(show(hostsOf(yaml, 80, { labels: { app: 'x' } })), [`${full('a')}:80 old`]);
  });

  it('pass over VirtualServices for gateways alone, and those without rules for HTTP', () => {
    const hosts = hostsOf(
      servicesOf(['a']) +
        resource('VirtualService', 'g', `{ hosts: [a], gateways: [edge], ${to('b')} }`) +
        resource('VirtualService', 't', '{ hosts: [a], tcp: [{ route: [{ destination: { host: b } }] }] }'),
    );
    assert.deepEqual(show(hosts), [`${full('a')}:80 -`]);
  });

  it('pass over what other namespaces keep to themselves', () => {
    const hosts = hostsOf(
      servicesOf(['a']) +
        resource('VirtualService', 'v other', `{ hosts: [${full('a')}], exportTo: ["."], ${to('b')} }`),
    );
    assert.deepEqual(show(hosts), [`${full('a')}:80 -`]);
  });

  it('have hosts of no registry on port 80 alone', () => {
    const yaml =
      servicesOf(['a'], '{ name: http, port: 81 }') + resource('VirtualService', 'v', `{ hosts: [x.com], ${to('a')} }`);
    assert.deepEqual(show(hostsOf(yaml)), ['x.com:80 v']);
    assert.deepEqual(show(hostsOf(yaml, 81)), [`${full('a')}:81 -`]);
  });

  it('do not have a host on port 80 that a registry knows on another one', () => {
    const yaml =
      servicesOf(['a'], '{ name: http, port: 81 }') + resource('VirtualService', 'v', `{ hosts: [a], ${to('a')} }`);
    assert.deepEqual(show(hostsOf(yaml)), []);
    assert.deepEqual(show(hostsOf(yaml, 81)), [`${full('a')}:81 v`]);
  });
});

describe('the domains of a virtual host', () => {
  it('are short names too, without the namespace for the own one only', () => {
    const [own, other] = hostsOf(servicesOf(['a', 'b.other']));
    assert.deepEqual(
      own?.domains.filter((one) => !one.includes(':')),
      [full('a'), 'a', 'a.default', 'a.default.svc'],
    );
    assert.deepEqual(
      other?.domains.filter((one) => !one.includes(':')),
      [full('b', 'other'), 'b.other', 'b.other.svc'],
    );
  });

  it('are in one virtual host only', () => {
    const entry = resource(
      'ServiceEntry',
      'e',
      '{ hosts: [a.default], ports: [{ number: 80, name: http, protocol: HTTP }] }',
    );
    const hosts = hostsOf(servicesOf(['a']) + entry);
    const all = hosts.flatMap(({ domains }) => domains);
    assert.equal(new Set(all).size, all.length);
    assert.deepEqual(hosts.find(({ hostname }) => hostname === 'a.default')?.domains, ['a.default', 'a.default:80']);
  });
});

describe('the virtual hosts of the HTTP proxy', () => {
  const yaml = servicesOf(['a']) + servicesOf(['b'], '{ name: http, port: 81 }').replace('listed', 'more');

  it('are of all ports', () => {
    assert.deepEqual(show(hostsOf(yaml, 0)), [`${full('a')}:80 -`, `${full('b')}:81 -`]);
  });

  it('want the port in the name but for 80', () => {
    const [a, b] = hostsOf(yaml, 0);
    assert(a?.domains.includes('a'));
    assert.deepEqual(b?.domains, [`${full('b')}:81`, 'b:81', 'b.default:81', 'b.default.svc:81']);
  });

  it('have hosts of no registry too', () => {
    assert.deepEqual(show(hostsOf(resource('VirtualService', 'v', `{ hosts: [x.com], ${to('a')} }`), 0)), [
      'x.com:80 v',
    ]);
  });
});
