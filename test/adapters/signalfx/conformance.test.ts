import { test } from 'node:test';
import signalfx from 'fairlead/adapters/signalfx';
import { metric, tracespan } from 'fairlead/templates';
import { adapterSuite, sampleInstance } from 'fairlead/testing';

// Nobody listens there: the suite is about the handler, which must behave without SignalFx too.
const account = 'accessToken: t\ningestUrl: http://127.0.0.1:1';
const entry = (type: string) => `${account}\nmetrics: [{ name: sample.metric.default, type: ${type} }]`;
const bad = (more: string) => `${entry('COUNTER')}\n${more}`;

adapterSuite({
  test,
  adapter: signalfx,
  instances: {
    metric: [sampleInstance(metric, { value: 7n })],
    tracespan: [sampleInstance(tracespan, { traceId: '463ac35c9f6413ad', spanId: 'a2fb4a1d1a96d312' })],
  },
  configs: {
    good: [
      entry('COUNTER'),
      entry('2'),
      `${entry('HISTOGRAM')}\ndatapoint_interval: 1500ms\nmax_series: 1\ntracing_buffer_size: 1`,
      'access_token: t\nenable_metrics: false\ntracing_sample_probability: 0',
      `${entry('COUNTER')}\nenableTracing: false`,
    ],
    bad: [
      { params: 'enableMetrics: false', path: 'accessToken' },
      { params: 'enableMetrics: false\naccessToken: "a\\nb"', path: 'accessToken' },
      { params: account, path: 'metrics' },
      { params: 'accessToken: t\nenableMetrics: false\ningestUrl: ingest.signalfx.com', path: 'ingestUrl' },
      { params: 'accessToken: t\nenableMetrics: false\ningestUrl: "https://a?b"', path: 'ingestUrl' },
      { params: bad('datapointInterval: 499ms'), path: 'datapointInterval' },
      { params: bad('maxSeries: 0'), path: 'maxSeries' },
      { params: bad('maxSeries: 100001'), path: 'maxSeries' },
      { params: bad('tracingBufferSize: 0'), path: 'tracingBufferSize' },
      { params: bad('tracingSampleProbability: 1.1'), path: 'tracingSampleProbability' },
      { params: bad('tracingSampleProbability: .nan'), path: 'tracingSampleProbability' },
      { params: entry('NONE'), path: 'metrics[0].type' },
      { params: `${account}\nmetrics: [{ name: " ", type: COUNTER }]`, path: 'metrics[0].name' },
      { params: `${account}\nmetrics: [{ name: a, type: 1 }, { name: a, type: 2 }]`, path: 'metrics[1].name' },
    ],
  },
  readme: new URL('../../../src/adapters/signalfx/README.md', import.meta.url),
});
