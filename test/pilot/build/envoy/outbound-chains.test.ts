import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resource, servicesOf } from '../../support.js';
import { describeChains } from './listeners.js';
import { build } from './support.js';

const service = (name: string, port: string, address = ''): string =>
  `{ name: ${name}, address: "${address}", ports: [${port}] }`;
const listed = (...items: readonly string[]): string =>
  `---\nkind: Services\nmetadata: { name: listed }\nspec: { services: [${items.join(', ')}] }\n`;
const entry = (name: string, fields: string): string =>
  resource('ServiceEntry', name, `{ hosts: [${name}.com], ${fields} }`);
const host = (name: string): string => `${name}.default.svc.cluster.local`;
const none = { interception: 'none' } as const;
/** So that nothing stands beside the chains of services. */
const closed = resource('MeshConfig', 'mesh', '{ outboundTrafficPolicy: { mode: REGISTRY_ONLY } }');

describe('connections to a port', () => {
  it('are HTTP by host, for all services that speak it', () => {
    const { snapshot } = build(
      listed(service('a', '{ name: http, port: 80 }', '10.0.0.1'), service('b', '{ name: grpc, port: 80 }')),
    );
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_80'), ['all => routes 80']);
  });

  it('are told apart by the name of the server where they are TLS, and by address for clients without names', () => {
    const { snapshot } = build(
      listed(service('a', '{ name: https, port: 443 }', '10.0.0.1'), service('b', '{ name: tls, port: 443 }')) + closed,
    );
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_443'), [
      `tls ${host('a')} => outbound|443||${host('a')}`,
      `tls 10.0.0.1/32 => outbound|443||${host('a')}`,
      `tls ${host('b')} => outbound|443||${host('b')}`,
    ]);
    const { snapshot: bound } = build(listed(service('a', '{ name: https, port: 443 }', '10.0.0.1')), {}, none);
    assert.deepEqual(describeChains(bound, '127.0.0.1_443'), [`tls ${host('a')} => outbound|443||${host('a')}`]);
  });

  it('are both where a port does not say what it speaks', () => {
    const { snapshot } = build(listed(service('a', '{ name: any, port: 9000 }')) + closed);
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_9000'), [
      'raw_buffer => routes 9000',
      `tls ${host('a')} => outbound|9000||${host('a')}`,
    ]);
  });

  it('are both at the address of such a service too, where Envoy looks at no other chains', () => {
    const any = '{ name: any, port: 9000 }';
    const { snapshot } = build(listed(service('a', any, '10.0.0.1'), service('b', any, '10.0.0.2')) + closed);
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_9000'), [
      'raw_buffer => routes 9000',
      ...['a', 'b'].flatMap((name, index) => [
        `tls ${host(name)} => outbound|9000||${host(name)}`,
        `tls 10.0.0.${index + 1}/32 => outbound|9000||${host(name)}`,
      ]),
      'raw_buffer 10.0.0.1/32 10.0.0.2/32 => routes 9000',
    ]);
  });

  it('go on, where anything may be called, to others that have no chain', () => {
    const rest = (port: string): readonly string[] => {
      const number = /port: (\d+)/.exec(port)?.[1];
      const chains = describeChains(build(listed(service('a', port, '10.0.0.1'))).snapshot, `0.0.0.0_${number}`);
      return chains.filter((chain) => chain.endsWith('=> PassthroughCluster'));
    };
    assert.deepEqual(rest('{ name: https, port: 443 }'), [
      'tls => PassthroughCluster',
      'raw_buffer => PassthroughCluster',
    ]);
    assert.deepEqual(rest('{ name: any, port: 9000 }'), ['tls => PassthroughCluster']);
    assert.deepEqual(rest('{ name: http, port: 80 }'), []);
    const range = entry('far', 'addresses: [10.2.0.0/16], ports: [{ number: 7000, name: tcp, protocol: TCP }]');
    assert.deepEqual(describeChains(build(range).snapshot, '0.0.0.0_7000'), [
      '10.2.0.0/16 => outbound|7000||far.com',
      'all => PassthroughCluster',
    ]);
    const bound = build(listed(service('a', '{ name: https, port: 443 }')), {}, none).snapshot;
    assert.deepEqual(describeChains(bound, '127.0.0.1_443'), [`tls ${host('a')} => outbound|443||${host('a')}`]);
  });

  it('have a listener for each address where they are bytes, and ranges in the general one', () => {
    const ranges = entry(
      'far',
      'addresses: [10.2.0.0/16, 10.3.0.1], ports: [{ number: 7000, name: tcp, protocol: TCP }], resolution: NONE',
    );
    const { snapshot, problems } = build(
      listed(service('a', '{ name: tcp, port: 7000 }', '10.0.0.1'), service('b', '{ name: tcp, port: 7000 }')) + ranges,
    );
    assert.deepEqual(describeChains(snapshot, '10.0.0.1_7000'), [`all => outbound|7000||${host('a')}`]);
    assert.deepEqual(describeChains(snapshot, '10.3.0.1_7000'), ['all => outbound|7000||far.com']);
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_7000'), [
      `all => outbound|7000||${host('b')}`,
      '10.2.0.0/16 => outbound|7000||far.com',
    ]);
    assert.deepEqual(problems, []);
  });

  it('go to the older one of two that cannot be told apart, and that is told', () => {
    const two = listed(
      service('a', '{ name: tcp, port: 7000 }', '10.0.0.1'),
      service('b', '{ name: tcp, port: 7000 }', '10.0.0.1'),
    );
    const { snapshot, problems } = build(two);
    assert.deepEqual(describeChains(snapshot, '10.0.0.1_7000'), [`all => outbound|7000||${host('a')}`]);
    assert.deepEqual(problems, [`${host('b')} loses 10.0.0.1_7000 to ${host('a')}`]);
    const bare = build(servicesOf(['a', 'b'], '{ name: tcp, port: 7000 }'));
    assert.deepEqual(bare.problems, [`${host('b')} loses 0.0.0.0_7000 to ${host('a')}`]);
    const mixed = build(listed(service('a', '{ name: tcp, port: 80 }'), service('b', '{ name: http, port: 80 }')));
    assert.deepEqual(mixed.problems, [`HTTP loses 0.0.0.0_80 to ${host('a')}`]);
  });

  it('leave port 443 to HTTPS', () => {
    const { snapshot, problems } = build(servicesOf(['a'], '{ name: http, port: 443 }'));
    assert.equal(snapshot.listener.get('0.0.0.0_443'), undefined);
    assert.deepEqual(problems, [`${host('a')} speaks HTTP on port 443, which is kept for HTTPS`]);
  });

  it('are for no address that the machine cannot have', () => {
    const { snapshot, problems } = build(listed(service('a', '{ name: tcp, port: 7000 }', 'fd00::1')), {
      ips: ['10.1.0.2'],
    });
    assert.equal(snapshot.listener.get('0.0.0.0_7000'), undefined);
    assert.deepEqual(problems, [`${host('a')} has no address that the proxy's machine could call`]);
    const both = build(listed(service('a', '{ name: tcp, port: 7000 }', 'fd00::1')), { ips: ['10.1.0.2', 'fd00::9'] });
    assert.deepEqual(describeChains(both.snapshot, 'fd00::1_7000'), [`all => outbound|7000||${host('a')}`]);
  });

  it('follow tcp rules, by subnet and divided', () => {
    const rules = `{ hosts: [a], tcp: [
      { match: [{ destinationSubnets: [10.9.0.0/16] }], route: [{ destination: { host: b } }] },
      { route: [{ destination: { host: a, subset: v1 }, weight: 25 }, { destination: { host: b }, weight: 75 }] }] }`;
    const yaml = listed(
      service('a', '{ name: tcp, port: 7000 }', '10.0.0.1'),
      service('b', '{ name: tcp, port: 7001 }'),
    ).concat(closed);
    const { snapshot } = build(yaml + resource('VirtualService', 'a', rules));
    const bySubnet = `10.9.0.0/16 => outbound|7001||${host('b')}`;
    const divided = `all => outbound|7000|v1|${host('a')}=25,outbound|7001||${host('b')}=75`;
    assert.deepEqual(describeChains(snapshot, '10.0.0.1_7000'), [bySubnet, divided]);
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_7000'), [bySubnet]);
    // What is not there is not needed, either.
    assert.deepEqual(
      snapshot.listener.get('10.0.0.1_7000')?.references.map(({ name }) => name),
      [`outbound|7001||${host('b')}`],
    );
    const bound = build(yaml + resource('VirtualService', 'a', rules), {}, none).snapshot;
    assert.deepEqual(describeChains(bound, '127.0.0.1_7000'), [divided]);
  });

  it('follow tls rules, by names that Envoy can tell apart', () => {
    const rules = `{ hosts: [a.com, "*.b.com", "*c.com"], tls: [
      { match: [{ sniHosts: ["*.b.com", "*c.com"] }], route: [{ destination: { host: b.com } }] },
      { match: [{ sniHosts: [a.com] }, { sniHosts: [a.com] }], route: [{ destination: { host: a.com } }] }] }`;
    const ports = 'ports: [{ number: 443, name: tls, protocol: TLS }], resolution: NONE';
    const wild = resource('ServiceEntry', 'wild', `{ hosts: ["x.b.com", "y.b.com"], ${ports} }`);
    const { snapshot, problems } = build(
      closed + entry('a', ports) + entry('b', ports) + wild + resource('VirtualService', 'r', rules),
    );
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_443'), [
      'tls *.b.com => outbound|443||b.com',
      'tls a.com => outbound|443||a.com',
      'tls b.com => outbound|443||b.com',
    ]);
    assert(
      problems.every((problem) => /whole labels|loses 0\.0\.0\.0_443/.test(problem)),
      problems.join('\n'),
    );
  });

  it('lose nothing to each other where one rule is for several hosts', () => {
    const [a, b] = [host('a'), host('b')];
    const rule = `{ match: [{ sniHosts: [${a}, ${b}] }], route: [{ destination: { host: ${a} } }] }`;
    const ports = '{ name: tls, port: 443 }';
    const yaml = servicesOf(['a', 'b'], ports) + closed;
    const one = build(yaml + resource('VirtualService', 'one', `{ hosts: [${a}, ${b}], tls: [${rule}] }`));
    assert.deepEqual(describeChains(one.snapshot, '0.0.0.0_443'), [
      `tls ${a} => outbound|443||${a}`,
      `tls ${b} => outbound|443||${a}`,
    ]);
    assert.deepEqual(one.problems, []);
    const two = [a, b].map((own, index) => {
      const other = `{ match: [{ sniHosts: [x.com] }], route: [{ destination: { host: ${own} } }] }`;
      return resource('VirtualService', `v${index}`, `{ hosts: [${own}, x.com], tls: [${other}] }`);
    });
    assert.deepEqual(build(yaml + two.join('')).problems, [`${b} loses 0.0.0.0_443 to ${a}`]);
  });

  it('follow rules at the addresses of their service too, which Envoy looks at first', () => {
    const tls = `{ hosts: [${host('a')}], tls: [
      { match: [{ sniHosts: [${host('a')}] }], route: [{ destination: { host: b } }] }] }`;
    const yaml = listed(service('a', '{ name: tls, port: 443 }', '10.0.0.1'), service('b', '{ name: tls, port: 443 }'));
    const { snapshot } = build(closed + yaml + resource('VirtualService', 'a', tls));
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_443').slice(0, 3), [
      `tls ${host('a')} => outbound|443||${host('b')}`,
      `tls ${host('a')} 10.0.0.1/32 => outbound|443||${host('b')}`,
      `tls 10.0.0.1/32 => outbound|443||${host('a')}`,
    ]);
    const subnets = (list: string): readonly string[] => {
      const some = build(
        closed + yaml + resource('VirtualService', 'a', tls.replace('{ sni', `{ destinationSubnets: [${list}], sni`)),
      );
      return describeChains(some.snapshot, '0.0.0.0_443').slice(0, 2);
    };
    assert.deepEqual(subnets('10.0.0.0/8'), [
      `tls ${host('a')} 10.0.0.0/8 => outbound|443||${host('b')}`,
      `tls ${host('a')} 10.0.0.1/32 => outbound|443||${host('b')}`,
    ]);
    assert.deepEqual(subnets('11.0.0.0/8')[1], `tls 10.0.0.1/32 => outbound|443||${host('a')}`);
    const tcp =
      '{ hosts: [far.com], tcp: [{ match: [{ destinationSubnets: [10.0.0.0/8] }], route: [{ destination: { host: b } }] }] }';
    const far = entry(
      'far',
      'addresses: [10.2.0.0/16, 11.0.0.0/8], ports: [{ number: 7000, name: tcp, protocol: TCP }]',
    );
    assert.deepEqual(
      describeChains(build(closed + yaml + far + resource('VirtualService', 'far', tcp)).snapshot, '0.0.0.0_7000'),
      [`10.0.0.0/8 10.2.0.0/16 => outbound|443||${host('b')}`, '11.0.0.0/8 => outbound|7000||far.com'],
    );
  });
});
