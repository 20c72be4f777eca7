import assert from 'node:assert/strict';
import { it } from 'node:test';
import { optionsOfNode } from '../../../../src/pilot/build/fairlead/index.js';

it('reads what a proxy says of itself', () => {
  const metadata = {
    OUTBOUND_PORTS: 'all',
    OUTBOUND_ADDRESS: '127.0.0.2',
    INBOUND_TLS: 'strict',
    CREDENTIAL_DIRECTORY: '/etc/credentials',
    TRACE_SAMPLING: '12.5',
    MESH_ID: 'm',
    TLS_SERVER_CERT_CHAIN: 'cert.pem',
    TLS_SERVER_KEY: 'key.pem',
    TLS_SERVER_ROOT_CERT: 'ca.pem',
    'policy.istio.io/check': 'disable',
  };
  assert.deepEqual(optionsOfNode({ metadata }), {
    outboundPorts: 'all',
    outboundAddress: '127.0.0.2',
    inboundTls: 'strict',
    credentialDirectory: '/etc/credentials',
    traceSampling: 12.5,
    meshId: 'm',
    certificates: { certificateFile: 'cert.pem', privateKeyFile: 'key.pem', caFile: 'ca.pem' },
    annotations: new Map([['policy.istio.io/check', 'disable']]),
  });
});

it('passes over what makes no sense', () => {
  const metadata = JSON.parse(
    '{ "OUTBOUND_PORTS": "some", "INBOUND_TLS": 1, "TRACE_SAMPLING": "200", "MESH_ID": ["m"], "__proto__": { "MESH_ID": "x" } }',
  ) as Record<string, unknown>;
  assert.deepEqual(optionsOfNode({ metadata }), {});
});
