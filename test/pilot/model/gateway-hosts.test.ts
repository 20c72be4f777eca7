import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redirectedHosts } from '../../../src/pilot/model/gateway-hosts.js';
import { resource, viewOf } from '../support.js';

const router = { type: 'router', namespace: 'istio-system', labels: { istio: 'edge' } } as const;
const gateway = (hosts: string, rest = '', port = '{ number: 80, name: http, protocol: HTTP }'): string =>
  resource('Gateway', 'edge', `{ selector: { istio: edge }, servers: [{ port: ${port}, hosts: [${hosts}]${rest} }] }`);
const rule = (name: string, match = ''): string => `{ name: ${name}, ${match}route: [{ destination: { host: b } }] }`;
const service = (name: string, hosts: string, http: string, rest = ''): string =>
  resource('VirtualService', name, `{ hosts: [${hosts}], gateways: [default/edge], http: [${http}]${rest} }`);
const exact = (path: string): string => `match: [{ uri: { exact: ${path} } }], `;

function hostsOf(yaml: string) {
  const view = viewOf(yaml, router);
  const [port] = view.gateway.ports;
  return view.gatewayHosts(port?.servers ?? []);
}
const show = (yaml: string): string[] =>
  hostsOf(yaml).map(({ hostname, rules }) => [hostname, ...rules.map(({ name }) => name)].join(' '));

describe('the virtual hosts of a gateway', () => {
  it('are the hosts of bound VirtualServices', () => {
    assert.deepEqual(show(gateway('"*"') + service('v', 'a.com, b.com', rule('r'))), ['a.com r', 'b.com r']);
  });

  const rows: readonly [served: string, asked: string, want: readonly string[]][] = [
    ['a.com', 'a.com', ['a.com r']],
    ['a.com', 'b.com', []],
    ['"*.com"', 'a.com', ['a.com r']],
    ['a.com', '"*.com"', ['a.com r']],
    ['"*"', '"*"', ['* r']],
    ['"*.a.com"', '"*.com"', ['*.a.com r']],
    ['a.com, b.com', '"*"', ['a.com r', 'b.com r']],
    ['default/a.com', 'a.com', ['a.com r']],
    ['./a.com', 'a.com', ['a.com r']],
    ['other/a.com', 'a.com', []],
  ];
  for (const [served, asked, want] of rows) {
    it(`are what ${served} and ${asked} have in common`, () => {
      assert.deepEqual(show(gateway(served) + service('v', asked, rule('r'))), want);
    });
  }

  it('leave out VirtualServices that do not name the Gateway', () => {
    const yaml = resource(
      'VirtualService',
      'v',
      `{ hosts: [a.com], gateways: [mesh, default/other], http: [${rule('r')}] }`,
    );
    assert.deepEqual(show(gateway('"*"') + yaml), []);
  });

  it('leave out VirtualServices that the proxy does not see', () => {
    assert.deepEqual(show(gateway('"*"') + service('v', 'a.com', rule('r'), ', exportTo: ["."]')), []);
  });

  it('join the rules of VirtualServices for one host, those for all requests last', () => {
    const yaml =
      service('v default 2019-01-02T00:00:00Z', 'a.com', `${rule('c', exact('/c'))}, ${rule('d')}`) +
      service('u default 2019-01-01T00:00:00Z', 'a.com', `${rule('a', exact('/a'))}, ${rule('b')}`);
    assert.deepEqual(show(gateway('"*"') + yaml), ['a.com a c b d']);
  });

  it('leave out rules for other gateways', () => {
    const http = `${rule('a', 'match: [{ gateways: [mesh] }], ')}, ${rule('b', 'match: [{ gateways: [edge] }], ')}`;
    assert.deepEqual(show(gateway('"*"') + service('v', 'a.com', http)), ['a.com b']);
  });

  it('join what several Gateways of one host want of one VirtualService', () => {
    const other = resource(
      'Gateway',
      'other',
      '{ selector: { istio: edge }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [a.com] }] }',
    );
    const http = ['other', 'edge'].map((name) =>
      rule(name, `match: [{ gateways: [${name}], uri: { exact: /${name} } }], `),
    );
    const yaml = resource(
      'VirtualService',
      'v',
      `{ hosts: [a.com], gateways: [edge, other], http: [${http.join()}, ${rule('all')}] }`,
    );
    assert.deepEqual(show(gateway('"*"') + other + yaml), ['a.com edge other all']);
  });

  it('have domains with and without port', () => {
    assert.deepEqual(hostsOf(gateway('"*"') + service('v', 'a.com', rule('r')))[0]?.domains, ['a.com', 'a.com:80']);
    assert.deepEqual(hostsOf(gateway('"*"') + service('v', '"*"', rule('r')))[0]?.domains, ['*']);
  });

  it('redirect to HTTPS where the server says so', () => {
    const yaml = service('v', 'a.com', rule('r'));
    assert.equal(hostsOf(gateway('"*"') + yaml)[0]?.httpsRedirect, false);
    assert.equal(hostsOf(gateway('"*"', ', tls: { httpsRedirect: true }') + yaml)[0]?.httpsRedirect, true);
  });

  it('that redirect to HTTPS are those of servers that say so, but for ones within another', () => {
    const server = (name: string, hosts: string, tls = ''): string =>
      `{ port: { number: 80, name: ${name}, protocol: HTTP }, hosts: [${hosts}]${tls} }`;
    const redirect = ', tls: { httpsRedirect: true }';
    const servers = [server('a', '"*.a.com", x.a.com, b.com', redirect), server('b', 'c.com')].join(', ');
    const view = viewOf(resource('Gateway', 'edge', `{ selector: { istio: edge }, servers: [${servers}] }`), router);
    assert.deepEqual(redirectedHosts(view.gateway.ports[0]?.servers ?? []), ['*.a.com', 'b.com']);
  });

  it('take a VirtualService once where two servers of a port bind it', () => {
    const servers = ['a', 'b'].map((name) => `{ port: { number: 80, name: ${name}, protocol: HTTP }, hosts: ["*"] }`);
    const yaml = resource('Gateway', 'edge', `{ selector: { istio: edge }, servers: [${servers.join(', ')}] }`);
    assert.deepEqual(show(yaml + service('v', 'a.com', rule('r'))), ['a.com r']);
  });
});

describe('connections of a gateway', () => {
  it('are told apart by the names that the server serves', () => {
    const port = '{ number: 443, name: tls, protocol: TLS }';
    const tls = ['a.com', 'b.com'].map(
      (sni) => `{ match: [{ port: 443, sniHosts: [${sni}] }], route: [{ destination: { host: ${sni} } }] }`,
    );
    const view = viewOf(
      gateway('a.com', ', tls: { mode: PASSTHROUGH }', port) +
        resource('VirtualService', 'v', `{ hosts: ["*.com"], gateways: [default/edge], tls: [${tls.join(', ')}] }`),
      router,
    );
    const server = view.gateway.ports[0]?.servers[0];
    assert(server !== undefined);
    assert.deepEqual(
      view.gatewayConnections(server).tls.map(({ sniHosts }) => sniHosts),
      [['a.com']],
    );
  });

  it('of a TCP port follow the rules for TCP', () => {
    const view = viewOf(
      gateway('"*"', '', '{ number: 27017, name: mongo, protocol: MONGO }') +
        resource(
          'VirtualService',
          'v',
          '{ hosts: [m.com], gateways: [default/edge], tcp: [{ match: [{ port: 27017 }], route: [{ destination: { host: m } }] }] }',
        ),
      router,
    );
    const server = view.gateway.ports[0]?.servers[0];
    assert(server !== undefined);
    const { tls, tcp } = view.gatewayConnections(server);
    assert.deepEqual(tls, []);
    assert.equal(tcp[0]?.route[0]?.destination.host, 'm.default.svc.cluster.local');
  });
});
