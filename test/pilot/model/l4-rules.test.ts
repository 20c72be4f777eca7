import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tcpRules, tlsRules } from '../../../src/pilot/model/l4-rules.js';
import { resolveVirtualService } from '../../../src/pilot/model/virtual-services.js';
import { configsOf, resource } from '../support.js';

const site = { gateway: 'mesh', port: 443, labels: new Map([['app', 'x']]) };
const to = (host: string): string => `route: [{ destination: { host: ${host}.com } }]`;

function routed(...specs: string[]) {
  const text = specs
    .map((spec, index) => resource('VirtualService', `v${index}`, `{ hosts: ["*.com"], ${spec} }`))
    .join('');
  return configsOf(text)
    .list('VirtualService')
    .map((config) => resolveVirtualService(config, 'cluster.local'));
}
const show = (rules: ReturnType<typeof tlsRules>) =>
  rules.map(({ sniHosts, subnets, route }) => [...sniHosts, ...subnets, route[0]?.destination.host].join(' '));

describe('tlsRules()', () => {
  it('has a rule for each name, the first of two for the same one', () => {
    const services = routed(
      `tls: [{ match: [{ sniHosts: [a.com, B.com] }], ${to('x')} }, { match: [{ sniHosts: [a.com] }], ${to('y')} }]`,
      `tls: [{ match: [{ sniHosts: [b.com, c.com] }], ${to('z')} }]`,
    );
    assert.deepEqual(show(tlsRules(services, site)), ['a.com x.com', 'b.com x.com', 'c.com z.com']);
  });

  it('tells rules apart by addresses too', () => {
    const services = routed(`tls: [{ match: [{ sniHosts: [a.com], destinationSubnets: [10.0.0.0/8] }], ${to('x')} },
      { match: [{ sniHosts: [a.com] }], ${to('y')} }]`);
    assert.deepEqual(show(tlsRules(services, site)), ['a.com 10.0.0.0/8 x.com', 'a.com y.com']);
  });

  it('leaves out what is for other ports, workloads and gateways', () => {
    const services = routed(`tls: [{ match: [{ sniHosts: [a.com], port: 444 }], ${to('x')} },
      { match: [{ sniHosts: [a.com], sourceLabels: { app: other } }], ${to('x')} },
      { match: [{ sniHosts: [a.com], gateways: [edge] }], ${to('x')} },
      { match: [{ sniHosts: [a.com], port: 443, sourceLabels: { app: x } }], ${to('y')} }]`);
    assert.deepEqual(show(tlsRules(services, site)), ['a.com y.com']);
  });
});

describe('tcpRules()', () => {
  it('ends at a rule for all addresses', () => {
    const services = routed(`tcp: [{ match: [{ destinationSubnets: [10.0.0.0/8] }], ${to('x')} }, { ${to('y')} },
      { match: [{ destinationSubnets: [11.0.0.0/8] }], ${to('z')} }]`);
    assert.deepEqual(show(tcpRules(services, site)), ['10.0.0.0/8 x.com', 'y.com']);
  });

  it('ends at a match without addresses that applies', () => {
    const services = routed(
      `tcp: [{ match: [{ port: 1 }], ${to('x')} }, { match: [{ port: 443 }], ${to('y')} }, { ${to('z')} }]`,
    );
    assert.deepEqual(show(tcpRules(services, site)), ['y.com']);
  });

  it('takes the first of two for the same addresses', () => {
    const services = routed(
      `tcp: [{ match: [{ destinationSubnets: [1.0.0.0/8, 2.0.0.0/8] }], ${to('x')} }]`,
      `tcp: [{ match: [{ destinationSubnets: [2.0.0.0/8, 1.0.0.0/8] }], ${to('y')} }, { match: [{ destinationSubnets: [3.0.0.0/8] }], ${to('z')} }]`,
    );
    assert.deepEqual(show(tcpRules(services, site)), ['1.0.0.0/8 2.0.0.0/8 x.com', '3.0.0.0/8 z.com']);
  });
});
