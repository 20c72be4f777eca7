import { test } from 'node:test';
import stackdriver from 'fairlead/adapters/stackdriver';
import { adapterSuite } from 'fairlead/testing';
import { gcpMetadata } from 'google-auth-library';

gcpMetadata.setGCPResidency(false);

// Nothing listens there: the suite is about the handler, which must behave without Google too.
const base = 'project_id: p\nendpoint: http://127.0.0.1:1\n';
const metric = (info: string): string => `${base}metric_info: { sample.metric.default: ${info} }`;

adapterSuite({
  test,
  adapter: stackdriver,
  configs: {
    good: [
      `${metric('{ kind: CUMULATIVE, value: STRING }')}
push_interval: 10s
mesh_uid: m
trace: { sample_probability: 1 }
log_info:
  sample.logentry.default:
    label_names: [text, time, address]
    payload_template: '{{.text}}'
    http_mapping: { status: count, latency: elapsed, remote_ip: address, url: text }
    sink_info: { id: s, destination: d, UniqueWriterIdentity: true, UpdateFilter: true }
`,
      metric('{ value: DISTRIBUTION, buckets: { linear_buckets: { num_finite_buckets: 3, width: 1, offset: 0 } } }'),
      metric('{ value: 5, kind: 2, buckets: { explicitBuckets: { bounds: [1, 2] } } }'),
      'endpoint: monitoring.googleapis.com:443\nappCredentials: y',
      'api_key: x',
      'service_account_path: /no/such/file',
    ],
    bad: [
      { params: 'app_credentials: true\napi_key: x', path: 'apiKey' },
      { params: 'endpoint: "ftp://x"', path: 'endpoint' },
      { params: 'traceEndpoint: "https://u:p@x"', path: 'traceEndpoint' },
      { params: 'logging_endpoint: "https://x?y=1"', path: 'loggingEndpoint' },
      { params: 'monitoring_endpoint: "a b"', path: 'monitoringEndpoint' },
      { params: 'pushInterval: -1s', path: 'pushInterval' },
      { params: 'trace: { sampleProbability: 1.5 }', path: 'trace.sampleProbability' },
      { params: 'trace: { sampleProbability: NaN }', path: 'trace.sampleProbability' },
      { params: metric('{ value: DISTRIBUTION }'), path: 'metricInfo["sample.metric.default"].buckets' },
      { params: 'metricInfo: { m: { value: 5, buckets: {} } }', path: 'metricInfo.m.buckets' },
      {
        params: 'metricInfo: { m: { value: 5, buckets: { linearBuckets: { numFiniteBuckets: 3 } } } }',
        path: 'metricInfo.m.buckets.linearBuckets',
      },
      {
        params: 'metricInfo: { m: { value: 5, buckets: { exponentialBuckets: { numFiniteBuckets: 2000000000 } } } }',
        path: 'metricInfo.m.buckets.exponentialBuckets',
      },
      {
        params: 'metricInfo: { m: { value: 5, buckets: { explicitBuckets: { bounds: [2, 1] } } } }',
        path: 'metricInfo.m.buckets.explicitBuckets.bounds',
      },
      { params: 'logInfo: { a.b: { payloadTemplate: "{{" } }', path: 'logInfo["a.b"].payloadTemplate' },
      { params: 'logInfo: { a: { sinkInfo: { id: s } } }', path: 'logInfo.a.sinkInfo.destination' },
      { params: 'logInfo: { a: { sinkInfo: { destination: d } } }', path: 'logInfo.a.sinkInfo.id' },
    ],
  },
  readme: new URL('../../../src/adapters/stackdriver/README.md', import.meta.url),
});
