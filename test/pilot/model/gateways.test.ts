import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { modelOf, proxyOf, resource, viewOf } from '../support.js';

const router = { type: 'router', labels: { istio: 'edge', more: 'x' } } as const;
const http = (port: number, hosts = '"*"', name = 'http'): string =>
  `{ port: { number: ${port}, name: ${name}, protocol: HTTP }, hosts: [${hosts}] }`;
const https = (hosts: string, mode = 'SIMPLE, credentialName: c'): string =>
  `{ port: { number: 443, name: https, protocol: HTTPS }, hosts: [${hosts}], tls: { mode: ${mode} } }`;
const tcp = (port: number): string => `{ port: { number: ${port}, name: tcp, protocol: TCP }, hosts: ["*"] }`;
const gateway = (name: string, servers: string, selector = '{ istio: edge }'): string =>
  resource('Gateway', name, `{ selector: ${selector}, servers: [${servers}] }`);

function merged(yaml: string, proxy: Parameters<typeof viewOf>[1] = router) {
  const { names, ports, rejected } = viewOf(yaml, proxy).gateway;
  return {
    names,
    ports: ports.map(({ number, kind, servers }) => `${number} ${kind} ${servers.map((one) => one.gateway).join(' ')}`),
    rejected: rejected.map(({ server, reason }) => `${server.gateway}: ${reason}`),
  };
}

describe('the Gateways of a proxy', () => {
  it('are those whose labels it has, of all namespaces', () => {
    const yaml =
      gateway('a', http(80)) +
      gateway('b other', http(81)) +
      gateway('c', http(82), '{ istio: ingress }') +
      gateway('d', http(83), '{ istio: edge, app: y }') +
      gateway('e', http(84), '{}');
    assert.deepEqual(merged(yaml).names, ['default/a', 'other/b', 'default/e']);
    assert.deepEqual(merged(yaml).ports, ['80 http default/a', '81 http other/b', '84 http default/e']);
  });

  it('are none for a sidecar', () => {
    assert.deepEqual(merged(gateway('a', http(80)), { labels: { istio: 'edge' } }).names, []);
  });

  it('share a port for HTTP in the clear', () => {
    const yaml = gateway('a', http(80, 'a.com')) + gateway('b', http(80, 'a.com'));
    assert.deepEqual(merged(yaml), {
      names: ['default/a', 'default/b'],
      ports: ['80 http default/a default/b'],
      rejected: [],
    });
  });

  it('share a port for TLS where the names differ', () => {
    const yaml = gateway('a', https('a.com')) + gateway('b', https('b.com', 'PASSTHROUGH'));
    assert.deepEqual(merged(yaml).ports, ['443 tls default/a default/b']);
  });

  const conflicts: readonly [what: string, first: string, second: string, reason: string][] = [
    [
      'names on a TLS port are the same',
      https('a.com, b.com'),
      https('x/b.com'),
      '"b.com" is served on port 443 already',
    ],
    ['one speaks TCP', tcp(80), tcp(80), "Gateway 'a.default' uses port 80, and connections cannot be told apart"],
    ['one is plain and one is not', http(443), https('a.com'), "Gateway 'a.default' uses port 443 for http, not tls"],
    ['one is not plain and one is', https('a.com'), http(443), "Gateway 'a.default' uses port 443 for tls, not http"],
    ['one speaks HTTP and one TCP', http(80), tcp(80), "Gateway 'a.default' uses port 80 for http, not tcp"],
  ];
  for (const [what, first, second, reason] of conflicts) {
    it(`leave the later server out where ${what}`, () => {
      const yaml = gateway('a', first) + gateway('b', second);
      assert.deepEqual(merged(yaml).rejected, [`default/b: ${reason}`]);
      const { diagnostics } = modelOf(yaml);
      assert.deepEqual(
        diagnostics.map(({ severity, code, line, path }) => [severity, code, line, path]),
        [['warning', 'CONFIG_INVALID', 8, "Gateway 'b.default' servers[0].port"]],
      );
    });
  }

  it('let the older one have the port', () => {
    const yaml =
      gateway('a default 2019-01-02T00:00:00Z', http(80)) + gateway('b default 2019-01-01T00:00:00Z', tcp(80));
    assert.deepEqual(merged(yaml).ports, ['80 tcp default/b']);
  });

  it('do not conflict where no proxy has both', () => {
    const yaml = gateway('a', http(80)) + gateway('b', tcp(80), '{ istio: other }');
    assert.deepEqual(modelOf(yaml).diagnostics, []);
  });
});

describe('servers', () => {
  it('name their routes', () => {
    const servers = [
      http(8080),
      https('a.com'),
      https('b.com', 'PASSTHROUGH').replace('name: https', 'name: pass'),
      https('c.com', 'AUTO_PASSTHROUGH').replace('name: https', 'name: auto'),
      tcp(9000),
    ];
    const { ports } = viewOf(gateway('a', servers.join(', ')), router).gateway;
    assert.deepEqual(
      ports.flatMap((port) => port.servers.map(({ routeName }) => routeName)),
      ['https.443.https.a.default', '', '', 'http.8080', ''],
    );
  });

  it('know whose VirtualServices they take', () => {
    const { ports } = viewOf(gateway('a', http(80, 'A.com, ./b.com, "*/c.com", x/d.com')), router).gateway;
    assert.deepEqual(ports[0]?.servers[0]?.hosts, [
      { namespace: '*', host: 'a.com' },
      { namespace: 'default', host: 'b.com' },
      { namespace: '*', host: 'c.com' },
      { namespace: 'x', host: 'd.com' },
    ]);
  });

  it('are merged for each proxy by its own labels', () => {
    const model = modelOf(gateway('a', http(80)) + gateway('b', http(81), '{ istio: other }'));
    const ports = (istio: string) =>
      model.viewFor(proxyOf({ type: 'router', labels: { istio } })).gateway.ports.map(({ number }) => number);
    assert.deepEqual([ports('edge'), ports('other'), ports('none')], [[80], [81], []]);
  });
});
