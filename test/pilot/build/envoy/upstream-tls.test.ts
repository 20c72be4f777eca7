import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TlsParameters_TlsProtocol as Version } from '../../../../src/gen/envoy/extensions/transport_sockets/tls/v3/common.js';
import type { EnvoyOptions } from '../../../../src/pilot/build/envoy/index.js';
import { buildUpstreamTls } from '../../../../src/pilot/build/envoy/upstream-tls.js';
import { resource, servicesOf, viewOf } from '../../support.js';
import { filesOf, upstreamTlsOf } from './listeners.js';

function tlsBy(tls: string, port = '{ name: http, port: 80 }', options: EnvoyOptions = {}) {
  const rule = resource(
    'DestinationRule',
    'a',
    `{ host: a, trafficPolicy: { ${tls && `tls: { ${tls} }, `}outlierDetection: { consecutiveErrors: 1 } } }`,
  );
  const view = viewOf(servicesOf(['a'], port) + rule);
  const problems: string[] = [];
  const context = { view, options: { ...options, onProblem: (text: string) => void problems.push(text) } };
  const service = view.scope.service('a.default.svc.cluster.local')!;
  const target = { service, port: service.ports[0]! };
  const socket = buildUpstreamTls(view.policy(target).tls, target, context);
  return { socket, problems, tls: socket && upstreamTlsOf(socket) };
}

describe('calls by TLS', () => {
  it('are none where no rule wants them', () => {
    assert.equal(tlsBy('').socket, undefined);
    assert.equal(tlsBy('mode: DISABLE').socket, undefined);
  });

  it('check nothing without a CA, and tell so of names', () => {
    const { tls, problems } = tlsBy('mode: SIMPLE, subjectAltNames: [a.com], sni: a.com');
    assert.deepEqual([tls?.sni, tls?.commonTlsContext?.validationContext], ['a.com', undefined]);
    assert.deepEqual(problems, ['subjectAltNames need caCertificates: a.default.svc.cluster.local']);
  });

  it('check names and the CA, and show a certificate by MUTUAL', () => {
    const { tls } = tlsBy(
      'mode: MUTUAL, clientCertificate: /c, privateKey: /k, caCertificates: /ca, subjectAltNames: ["spiffe://b"]',
    );
    const { validationContext, tlsParams } = tls!.commonTlsContext!;
    assert.deepEqual(filesOf(tls!.commonTlsContext), ['/c', '/k']);
    assert.equal(validationContext?.trustedCa?.filename, '/ca');
    assert.deepEqual(
      validationContext.matchTypedSubjectAltNames.map(({ matcher }) => matcher?.exact),
      ['spiffe://b'],
    );
    assert.equal(tlsParams?.tlsMaximumProtocolVersion, Version.TLSv1_3);
  });

  it("use the workload's certificates by ISTIO_MUTUAL, and name the cluster", () => {
    const { tls } = tlsBy('mode: ISTIO_MUTUAL', '{ name: grpc, port: 80 }');
    assert.equal(tls?.sni, 'outbound_.80_._.a.default.svc.cluster.local');
    assert.deepEqual(filesOf(tls.commonTlsContext), ['/etc/certs/cert-chain.pem', '/etc/certs/key.pem']);
    assert.deepEqual(tls.commonTlsContext?.alpnProtocols, ['h2']);
    assert.deepEqual(tlsBy('mode: ISTIO_MUTUAL').tls?.commonTlsContext?.alpnProtocols, []);
  });
});
