import { after, test } from 'node:test';
import bypass from 'fairlead/adapters/bypass';
import { metric, quota } from 'fairlead/templates';
import { adapterSuite, sampleInstance } from 'fairlead/testing';
import { BackendServer } from './backend-server.js';

const backend = await BackendServer.start();
after(() => backend.stop());
backend.answers.set('HandleQuota', ({ quota_request: { quotas } }) => ({
  quotas: Object.fromEntries(
    Object.entries<{ amount: string }>(quotas).map(([name, { amount }]) => [name, { granted_amount: amount }]),
  ),
}));

/** The dimensions of a sample without those that the protocol has no value for. */
function sendable(dimensions: object): never {
  const entries = Object.entries(dimensions).filter(([name]) => name !== 'labels');
  return Object.assign(Object.create(null), Object.fromEntries(entries)) as never;
}
const sampleMetric = sampleInstance(metric);
const sampleQuota = sampleInstance(quota);
const address = `backendAddress: ${backend.address}`;

adapterSuite({
  test,
  adapter: bypass,
  configs: {
    good: [
      address,
      `${address}\nparams: { "@type": type.googleapis.com/my.Params, value: CgJvaw== }`,
      `${address}\nparams: { "@type": type.googleapis.com/google.protobuf.Struct, value: { a: [1, true, null] } }`,
      `backend_address: ${backend.address}\nsession_based: true`,
      'backend_address: unix:/nobody/is/here',
    ],
    bad: [
      { params: 'sessionBased: true', path: 'backendAddress' },
      { params: `${address}\nparams: { value: CgJvaw== }`, path: 'params.@type' },
      { params: `${address}\nparams: { "@type": type.googleapis.com/my.Params, value: "?" }`, path: 'params.value' },
      { params: `${address}\nparams: { "@type": t/my.Params, unknown: 1 }`, path: 'params.unknown' },
      {
        params: `${address}\nparams: { "@type": t/google.protobuf.StringValue, value: 7 }`,
        path: 'params.value',
      },
      { params: `${address}\nparams: { "@type": t/google.protobuf.Struct, value: [7] }`, path: 'params.value' },
    ],
  },
  instances: {
    metric: [
      sampleInstance(metric, {
        dimensions: sendable(sampleMetric.dimensions),
        monitoredResourceDimensions: sendable(sampleMetric.monitoredResourceDimensions),
      }),
    ],
    quota: [sampleInstance(quota, { dimensions: sendable(sampleQuota.dimensions) })],
  },
  readme: new URL('../../../src/adapters/bypass/README.md', import.meta.url),
});
