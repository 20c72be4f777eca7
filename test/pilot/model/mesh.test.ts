import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultMesh } from '../../../src/pilot/model/mesh.js';

describe('the mesh where nothing is said', () => {
  it('has the defaults of Istio 1.4', () => {
    const durations = [
      defaultMesh.connectTimeout,
      defaultMesh.dnsRefreshRate,
      defaultMesh.protocolDetectionTimeout,
      defaultMesh.defaultConfig.drainDuration,
      defaultMesh.defaultConfig.parentShutdownDuration,
    ].map(String);
    assert.deepEqual(durations, ['1s', '5s', '100ms', '45s', '1m0s']);
    const { proxyListenPort, proxyHttpPort, rootNamespace, outboundTrafficPolicy, disablePolicyChecks } = defaultMesh;
    assert.deepEqual(
      { proxyListenPort, proxyHttpPort, rootNamespace, mode: outboundTrafficPolicy.mode, disablePolicyChecks },
      {
        proxyListenPort: 15001,
        proxyHttpPort: 15002,
        rootNamespace: 'istio-system',
        mode: 'ALLOW_ANY',
        disablePolicyChecks: true,
      },
    );
    const { policyCheckFailOpen, enableTracing, accessLogFile, enableAutoMtls, ingressService, trustDomain } =
      defaultMesh;
    assert.deepEqual(
      { policyCheckFailOpen, enableTracing, accessLogFile, enableAutoMtls, ingressService, trustDomain },
      {
        policyCheckFailOpen: false,
        enableTracing: true,
        accessLogFile: '/dev/stdout',
        enableAutoMtls: false,
        ingressService: 'istio-ingressgateway',
        trustDomain: 'cluster.local',
      },
    );
    const { proxyAdminPort, statNameLength, serviceCluster, discoveryAddress, concurrency } = defaultMesh.defaultConfig;
    assert.deepEqual(
      { proxyAdminPort, statNameLength, serviceCluster, discoveryAddress, concurrency },
      {
        proxyAdminPort: 15000,
        statNameLength: 189,
        serviceCluster: 'istio-proxy',
        discoveryAddress: 'istio-pilot:15010',
        concurrency: 0,
      },
    );
  });
});
