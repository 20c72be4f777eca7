import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AdapterMetrics } from '../../../src/runtime/host/adapter-metrics.js';

describe('AdapterMetrics', () => {
  it('names the adapter and the handler in every series', () => {
    const metrics = new AdapterMetrics();
    const counter = metrics.of({ handler: 'h.default', adapter: 'list' }).counter('refreshes_total', 'Refreshes.');
    counter.add();
    counter.add(2, { result: 'failed' });
    counter.add(1, { result: 'failed' });
    assert.equal(
      metrics.render(),
      '# HELP mixer_adapter_refreshes_total Refreshes.\n# TYPE mixer_adapter_refreshes_total counter\n' +
        'mixer_adapter_refreshes_total{adapter="list",handler="h.default"} 1\n' +
        'mixer_adapter_refreshes_total{adapter="list",handler="h.default",result="failed"} 3\n',
    );
  });

  it('shares a family between handlers', () => {
    const metrics = new AdapterMetrics();
    metrics.of({ handler: 'a', adapter: 'list' }).gauge('size', 'Size.').set(1);
    metrics.of({ handler: 'b', adapter: 'list' }).gauge('size', 'Size.').set(2);
    assert.equal(metrics.render().match(/^# TYPE/gm)?.length, 1);
    assert.match(metrics.render(), /handler="b"\} 2/);
  });

  it('takes labels in any order for the same series', () => {
    const metrics = new AdapterMetrics();
    const counter = metrics.of({ handler: 'a', adapter: 'list' }).counter('n', 'N.');
    counter.add(1, { x: '1', y: '2' });
    counter.add(1, { y: '2', x: '1' });
    assert.match(metrics.render(), /x="1",y="2"\} 2\n$/);
  });

  it('drops the gauges of a handler and keeps its counters', () => {
    const metrics = new AdapterMetrics();
    const own = metrics.of({ handler: 'a', adapter: 'list' });
    own.gauge('size', 'Size.').set(1);
    own.counter('n', 'N.').add();
    metrics.dropGauges('a');
    assert.doesNotMatch(metrics.render(), /^mixer_adapter_size\{/m);
    assert.match(metrics.render(), /^mixer_adapter_n\{.*\} 1$/m);
  });
});
