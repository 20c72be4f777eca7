import assert from 'node:assert/strict';
import { it } from 'node:test';
import { metric } from 'fairlead/templates';
import { decodeParams, fakeEnv, sampleInstance } from 'fairlead/testing';
import otlp from '../../../src/adapters/otlp/index.js';
import { MetricRecorder } from '../../../src/adapters/otlp/metric-recorder.js';
import type { Pipeline } from '../../../src/adapters/otlp/pipeline.js';

it('hands many streams over in steps, so that requests come in between', () => {
  const { config } = decodeParams(otlp, 'endpoint: http://127.0.0.1:1');
  const types = { metric: new Map(), logentry: new Map(), tracespan: new Map() };
  let parts = 0;
  const pipeline = { offer: () => void (parts += 1) } as unknown as Pipeline;
  const recorder = new MetricRecorder({ name: 'h', config, types, env: fakeEnv() }, pipeline);
  for (let stream = 0n; stream < 250n; stream += 1n) {
    recorder.record(sampleInstance(metric, { name: 'm', value: 1n, dimensions: { stream } }));
  }
  const steps = recorder.export();
  for (const sofar of [1, 2, 3]) {
    assert.equal(steps.next().done, false);
    assert.equal(parts, sofar);
  }
  assert.equal(steps.next().done, true);
});
