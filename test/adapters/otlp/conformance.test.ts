import { after, test } from 'node:test';
import otlp from 'fairlead/adapters/otlp';
import { adapterSuite } from 'fairlead/testing';
import { startHttpCollector } from './collector.js';

const collector = await startHttpCollector();
after(() => collector.stop());
const endpoint = `endpoint: ${collector.endpoint}`;
const metric = (more: string) => `${endpoint}\nmetrics: { m: { ${more} } }`;

adapterSuite({
  test,
  adapter: otlp,
  configs: {
    good: [
      endpoint,
      `${endpoint}/collector/\nprotocol: HTTP_JSON\ncompression: GZIP\nheaders: { authorization: Bearer secret }`,
      'endpoint: 127.0.0.1:1\nprotocol: GRPC\ntls: { insecure: true }\ntimeout: 100ms',
      'endpoint: https://127.0.0.1:1\nprotocol: GRPC\ntls: {}\ntimeout: 100ms',
      `${endpoint}\nmetrics_interval: 1s\nmetrics: { sample.metric.default: { name: m, kind: GAUGE, label_names: [text] } }`,
      `${endpoint}\nlogs: { sample.logentry.default: { body: "{{.text}}", severity_levels: { odd: FATAL } } }`,
      `${endpoint}\ntraces: { sample_probability: 0 }\nmetricsEndpoint: ${collector.endpoint}/v1/metrics`,
    ],
    bad: [
      { params: 'endpoint: localhost:4318', path: 'endpoint' },
      { params: 'endpoint: ftp://a', path: 'endpoint' },
      { params: 'endpoint: "http://a:99999"', path: 'endpoint' },
      { params: 'endpoint: http://u:p@a', path: 'endpoint' },
      { params: 'protocol: GRPC\nendpoint: http://a/v1/traces', path: 'endpoint' },
      { params: 'protocol: GRPC\nlogsEndpoint: unix:///run/a', path: 'logsEndpoint' },
      { params: 'protocol: GRPC\nendpoint: https://a\ntls: { insecure: true }', path: 'endpoint' },
      { params: 'tls: { insecure: true, caFile: a }', path: 'tls.insecure' },
      { params: 'tls: { keyFile: a }', path: 'tls.certFile' },
      { params: 'tls: { certFile: a }', path: 'tls.keyFile' },
      { params: 'headers: { "a b": c }', path: 'headers.a b' },
      { params: 'headers: { Content-Type: c }', path: 'headers.Content-Type' },
      { params: 'headers: { a: "b\\r\\nc: d" }', path: 'headers.a' },
      { params: 'timeout: 0s', path: 'timeout' },
      { params: 'metricsInterval: 10ms', path: 'metricsInterval' },
      { params: 'maxSeries: 0', path: 'maxSeries' },
      { params: 'traces: { sampleProbability: 2 }', path: 'traces.sampleProbability' },
      { params: metric('name: "1st"'), path: 'metrics.m.name' },
      { params: `metrics: { a: {}, b: { name: a } }`, path: 'metrics.b.name' },
      { params: metric('labelNames: [a, a]'), path: 'metrics.m.labelNames[1]' },
      {
        params: metric('buckets: { explicitBuckets: { bounds: [1, 1] } }'),
        path: 'metrics.m.buckets.explicitBuckets.bounds',
      },
      {
        params: metric('buckets: { linearBuckets: { numFiniteBuckets: 2000000000, width: 1 } }'),
        path: 'metrics.m.buckets.linearBuckets',
      },
      { params: 'logs: { l: { body: "{{.a" } }', path: 'logs.l.body' },
    ],
  },
  readme: new URL('../../../src/adapters/otlp/README.md', import.meta.url),
});
