import { test } from 'node:test';
import dogstatsd from 'fairlead/adapters/dogstatsd';
import { metric } from 'fairlead/templates';
import { adapterSuite, sampleInstance } from 'fairlead/testing';

// Nobody listens there, which UDP does not mind.
const server = 'address: 127.0.0.1:1';

adapterSuite({
  test,
  adapter: dogstatsd,
  instances: { metric: [sampleInstance(metric, { value: 7n })] },
  configs: {
    good: [
      `${server}\nmetrics: { sample.metric.default: { type: COUNTER } }`,
      `${server}\nprefix: ""\nbuffer_length: 10\nmetrics: { sample.metric.default: { name: a.b, type: GAUGE, tags: { a: b } } }`,
      `${server}\nglobal_tags: { a: b }\nsample_rate: 0.5\nmetrics: { sample.metric.default: { type: 3 } }`,
    ],
    bad: [
      { params: 'address: ""', path: 'address' },
      { params: 'address: "127.0.0.1"', path: 'address' },
      { params: 'bufferLength: -1', path: 'bufferLength' },
      { params: 'sampleRate: -0.1', path: 'sampleRate' },
      { params: 'sampleRate: 1.1', path: 'sampleRate' },
      { params: 'prefix: "a|b"', path: 'prefix' },
      { params: 'metrics: { m: {} }', path: 'metrics["m"].type' },
      { params: 'metrics: { a.b: { type: COUNTER, name: "x:y" } }', path: 'metrics["a.b"].name' },
    ],
  },
  readme: new URL('../../../src/adapters/dogstatsd/README.md', import.meta.url),
});
