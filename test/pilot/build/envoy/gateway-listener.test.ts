import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TlsParameters_TlsProtocol as Version } from '../../../../src/gen/envoy/extensions/transport_sockets/tls/v3/common.js';
import { resource, servicesOf } from '../../support.js';
import { describeChains, downstreamTlsOf, filesOf, listenerOf } from './listeners.js';
import { build } from './support.js';

const proxy = { type: 'router', labels: { istio: 'ingressgateway' }, ips: ['10.1.0.9'] } as const;
const services = servicesOf(['a', 'b'], '{ name: tcp, port: 7000 }');
const a = 'outbound|7000||a.default.svc.cluster.local';
const b = 'outbound|7000||b.default.svc.cluster.local';
const server = (number: number, protocol: string, hosts: string, tls = '', name = `p${number}`): string =>
  `{ port: { number: ${number}, name: ${name}, protocol: ${protocol} }, hosts: [${hosts}]${tls && `, tls: { ${tls} }`} }`;
const files = 'serverCertificate: /c, privateKey: /k';

function gateway(servers: string, rules = '', options = {}) {
  const edge = resource('Gateway', 'edge', `{ selector: { istio: ingressgateway }, servers: [${servers}] }`);
  const bound = rules === '' ? '' : resource('VirtualService', 'edge', `{ hosts: ["*"], gateways: [edge], ${rules} }`);
  return build(services + edge + bound, proxy, options);
}

const tlsOf = (server: string, options = {}) =>
  downstreamTlsOf(listenerOf(gateway(server, '', options).snapshot, '0.0.0.0_443').filterChains[0]?.transportSocket);

describe('the listeners of a gateway', () => {
  it('share routes where they are plain, and have their own where TLS ends', () => {
    const { snapshot } = gateway(
      [
        server(80, 'HTTP', 'a.com'),
        server(80, 'HTTP', 'b.com', '', 'second'),
        server(443, 'HTTPS', 'b.com, a.com', `mode: SIMPLE, ${files}`),
        server(443, 'HTTPS', '"*"', `mode: SIMPLE, ${files}`, 'rest'),
      ].join(', '),
    );
    assert.deepEqual([...snapshot.listener.keys()], ['0.0.0.0_443', '0.0.0.0_80']);
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_80'), ['all => routes http.80']);
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_443'), [
      'tls a.com b.com => TLS routes https.443.p443.edge.default',
      'tls => TLS routes https.443.rest.edge.default',
    ]);
  });

  it('pass TLS on by rules, or by what clients name as their server', () => {
    const { snapshot, problems } = gateway(
      `${server(443, 'TLS', 'a.com', 'mode: PASSTHROUGH')}, ${server(15_443, 'TLS', '"*.local"', 'mode: AUTO_PASSTHROUGH')}, ${server(8443, 'TLS', 'x.org', 'mode: PASSTHROUGH')}`,
      'tls: [{ match: [{ sniHosts: [a.com], port: 443 }], route: [{ destination: { host: a }, weight: 1 }, { destination: { host: b }, weight: 99 }] }]',
    );
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_443'), [`tls a.com => ${a}=1,${b}=99`]);
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_15443'), ['tls *.local => sni BlackHoleCluster']);
    assert.deepEqual(problems, ['no VirtualService routes port 8443 of default/edge']);
  });

  it('lead bytes on, as they are or out of TLS', () => {
    const rules =
      'tcp: [{ match: [{ destinationSubnets: [10.0.0.0/8] }], route: [{ destination: { host: b } }] }, { route: [{ destination: { host: a } }] }]';
    const { snapshot } = gateway(
      `${server(7000, 'TCP', '"*"')}, ${server(443, 'TLS', 'a.com', `mode: SIMPLE, ${files}`)}`,
      rules,
    );
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_7000'), [`10.0.0.0/8 => ${b}`, `all => ${a}`]);
    assert.deepEqual(describeChains(snapshot, '0.0.0.0_443'), [
      `tls a.com 10.0.0.0/8 => TLS ${b}`,
      `tls a.com => TLS ${a}`,
    ]);
  });

  it('are where the options say', () => {
    const { address } = listenerOf(
      gateway(server(80, 'HTTP', 'a.com'), '', { gatewayAddress: '127.0.0.1', bindPort: () => 8080 }).snapshot,
      '0.0.0.0_80',
    );
    assert.deepEqual(address?.socketAddress, { address: '127.0.0.1', portValue: 8080 });
  });

  it('tell of servers that lose against others', () => {
    const { problems } = gateway(`${server(80, 'HTTP', 'a.com')}, ${server(80, 'TCP', 'b.com', '', 'second')}`);
    assert.deepEqual(problems.length, 1);
    assert.match(problems[0]!, /^a server of default\/edge: Gateway 'edge.default' uses port 80/);
  });
});

describe('TLS that ends at a gateway', () => {
  it('has certificates from files, or by the name of a secret', () => {
    const { commonTlsContext: said } = tlsOf(server(443, 'HTTPS', 'a.com', `mode: SIMPLE, ${files}`));
    assert.deepEqual([filesOf(said), said?.validationContext], [['/c', '/k'], undefined]);
    const named = tlsOf(server(443, 'HTTPS', 'a.com', 'mode: MUTUAL, credentialName: x'), {
      credentialDirectory: '/s',
    });
    assert.deepEqual(filesOf(named.commonTlsContext), ['/s/x/tls.crt', '/s/x/tls.key']);
    assert.equal(named.commonTlsContext?.validationContext?.trustedCa?.filename, '/s/x-cacert/ca.crt');
    assert.equal(named.requireClientCertificate, true);
  });

  it('is not there without certificates', () => {
    const { snapshot, problems } = gateway(server(443, 'HTTPS', 'a.com', 'mode: SIMPLE, credentialName: ../x'), '', {
      credentialDirectory: '/s',
    });
    assert.deepEqual([...snapshot.listener.keys()], []);
    assert.deepEqual(problems, ['there are no certificates for the credentialName "../x"']);
  });

  it('has versions, ciphers and names as they are said', () => {
    const fields = `mode: MUTUAL, ${files}, caCertificates: /ca, minProtocolVersion: TLSV1_2, maxProtocolVersion: TLSV1_3, cipherSuites: [AES128-SHA], subjectAltNames: ["spiffe://a", b.com]`;
    const { commonTlsContext } = tlsOf(server(443, 'HTTPS', 'a.com', fields));
    const { tlsParams, validationContext } = commonTlsContext!;
    assert.deepEqual(tlsParams, {
      tlsMinimumProtocolVersion: Version.TLSv1_2,
      tlsMaximumProtocolVersion: Version.TLSv1_3,
      cipherSuites: ['AES128-SHA'],
    });
    const names = validationContext?.matchTypedSubjectAltNames.map(
      ({ sanType, matcher }) => `${sanType} ${matcher?.exact}`,
    );
    assert.deepEqual(names, ['3 spiffe://a', '2 b.com', '1 b.com', '4 b.com']);
  });

  const hash = 'ab'.repeat(32);
  const key = `${'A'.repeat(43)}=`;
  for (const [fields, problem] of [
    [`verifyCertificateHash: [${hash}], verifyCertificateSpki: ["${key}"]`, undefined],
    [`verifyCertificateHash: ["${hash.match(/../g)!.join(':')}"]`, undefined],
    ['verifyCertificateHash: [abcd]', "default/edge cannot end TLS: verifyCertificateHash 'abcd' is no SHA-256"],
    [
      'verifyCertificateSpki: [abcd]',
      "default/edge cannot end TLS: verifyCertificateSpki 'abcd' is no SHA-256 in base64",
    ],
    ['cipherSuites: [NONE]', "default/edge: Envoy has no cipher suite 'NONE'"],
  ] as const) {
    it(`tells what Envoy would refuse: ${fields.slice(0, 40)}`, () => {
      const { problems } = gateway(
        server(443, 'HTTPS', 'a.com', `mode: MUTUAL, ${files}, caCertificates: /ca, ${fields}`),
      );
      assert.deepEqual(problems, problem === undefined ? [] : [problem]);
    });
  }
});
