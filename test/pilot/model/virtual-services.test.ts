import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { destinationHosts, resolveVirtualService } from '../../../src/pilot/model/virtual-services.js';
import { configsOf, resource } from '../support.js';

const spec = `{
  hosts: [a, B.com, "*.c.com"],
  gateways: [mesh, edge, ./own, other/edge],
  http: [{ match: [{ gateways: [edge] }], route: [{ destination: { host: x } }, { destination: { host: x.com }, weight: 100 }],
    mirror: { host: m } }],
  tls: [{ match: [{ sniHosts: [X.c.com], gateways: [own] }], route: [{ destination: { host: t } }] }],
  tcp: [{ match: [{ gateways: [mesh] }], route: [{ destination: { host: x } }] }]
}`;

describe('a VirtualService', () => {
  const [config] = configsOf(resource('VirtualService', 'v shop', spec)).list('VirtualService');
  assert(config !== undefined);
  const routed = resolveVirtualService(config, 'example.org');
  const full = (name: string): string => `${name}.shop.svc.example.org`;

  it('has its hosts in full', () => {
    assert.deepEqual(routed.hosts, [full('a'), 'b.com', '*.c.com']);
  });

  it('has its gateways in full, in its matches too', () => {
    assert.deepEqual(routed.gateways, ['mesh', 'shop/edge', 'shop/own', 'other/edge']);
    assert.deepEqual(routed.http[0]?.match[0]?.gateways, ['shop/edge']);
    assert.deepEqual(routed.tls[0]?.match[0]?.gateways, ['shop/own']);
    assert.deepEqual(routed.tcp[0]?.match[0]?.gateways, ['mesh']);
  });

  it('has its destinations in full', () => {
    assert.deepEqual(destinationHosts(routed), [full('x'), 'x.com', full('t'), full('m')]);
    assert.deepEqual(routed.tls[0]?.match[0]?.sniHosts, ['x.c.com']);
  });

  it('is for the mesh where it names no gateway', () => {
    const yaml = resource('VirtualService', 'v', '{ hosts: [a], http: [{ route: [{ destination: { host: b } }] }] }');
    const [plain] = configsOf(yaml).list('VirtualService');
    assert(plain !== undefined);
    assert.deepEqual(resolveVirtualService(plain, 'cluster.local').gateways, ['mesh']);
  });
});
