import { test } from 'node:test';
import statsd from 'fairlead/adapters/statsd';
import { metric } from 'fairlead/templates';
import { adapterSuite, sampleInstance } from 'fairlead/testing';

// Nobody listens there, which UDP does not mind.
const server = 'address: 127.0.0.1:1';

adapterSuite({
  test,
  adapter: statsd,
  instances: { metric: [sampleInstance(metric, { value: 7n })] },
  configs: {
    good: [
      `${server}\nmetrics: { sample.metric.default: { type: COUNTER, nameTemplate: "{{.text}}.{{.count}}" } }`,
      `${server}\nmetrics: { sample.metric.default: { type: GAUGE, name_template: "{{or .flag .ratio}}" } }\nsampling_rate: 0.5`,
      `${server}\nprefix: mixer\nflush_duration: 1s\nflush_bytes: 1432\nmetrics: { sample.metric.default: { type: 3 } }`,
    ],
    bad: [
      { params: 'address: nowhere', path: 'address' },
      { params: 'address: "127.0.0.1:0"', path: 'address' },
      { params: 'flushDuration: -1s', path: 'flushDuration' },
      { params: 'flushBytes: -1', path: 'flushBytes' },
      { params: 'flushBytes: 65508', path: 'flushBytes' },
      { params: 'samplingRate: -0.1', path: 'samplingRate' },
      { params: 'samplingRate: 0.0000001', path: 'samplingRate' },
      { params: 'prefix: "a:b"', path: 'prefix' },
      { params: 'metrics: { m: { nameTemplate: "{{if 1}}" } }', path: 'metrics["m"].nameTemplate' },
      { params: 'metrics: { a.b: { nameTemplate: "{{.a" } }', path: 'metrics["a.b"].nameTemplate' },
      { params: 'metrics: { m: { type: SET } }', path: 'metrics.m.type' },
    ],
  },
  readme: new URL('../../../src/adapters/statsd/README.md', import.meta.url),
});
