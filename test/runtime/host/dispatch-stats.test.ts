import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DispatchStats } from '../../../src/runtime/host/dispatch-stats.js';

describe('DispatchStats', () => {
  it('keeps one entry for the same handler, adapter and template', () => {
    const stats = new DispatchStats();
    assert.equal(stats.calls('h', 'a', 't'), stats.calls('h', 'a', 't'));
    assert.notEqual(stats.calls('h', 'a', 't'), stats.calls('h', 'a', 'u'));
    assert.notEqual(stats.calls('a","b', 'c', 't'), stats.calls('a', 'b","c', 't'));
  });

  it('renders counts and durations with the labels of Mixer', () => {
    const stats = new DispatchStats();
    const entry = stats.calls('h.default', 'denier', 'checknothing');
    entry.record(false, 0.0001);
    entry.record(false, 0.3);
    entry.record(true, 20);
    const text = stats.render();
    const labels = 'meshFunction="checknothing",handler="h.default",adapter="denier"';
    const has = (line: string) => assert.ok(text.split('\n').includes(line), `${line}\nnot in\n${text}`);
    has(`mixer_runtime_dispatches_total{${labels},error="false"} 2`);
    has(`mixer_runtime_dispatches_total{${labels},error="true"} 1`);
    has(`mixer_runtime_dispatch_duration_seconds_bucket{${labels},error="false",le="0.0001"} 1`);
    has(`mixer_runtime_dispatch_duration_seconds_bucket{${labels},error="false",le="0.25"} 1`);
    has(`mixer_runtime_dispatch_duration_seconds_bucket{${labels},error="false",le="0.5"} 2`);
    has(`mixer_runtime_dispatch_duration_seconds_bucket{${labels},error="true",le="10"} 0`);
    has(`mixer_runtime_dispatch_duration_seconds_bucket{${labels},error="true",le="+Inf"} 1`);
    has(`mixer_runtime_dispatch_duration_seconds_count{${labels},error="true"} 1`);
  });

  it('renders the sizes of operations in the buckets of Mixer', () => {
    const stats = new DispatchStats();
    stats.destinationsPerRequest.observe(9);
    stats.instancesPerRequest.observe(21);
    const text = stats.render();
    assert.match(text, /^mixer_dispatcher_destinations_per_request_bucket\{le="8"\} 0$/m);
    assert.match(text, /^mixer_dispatcher_destinations_per_request_bucket\{le="10"\} 1$/m);
    assert.match(text, /^mixer_dispatcher_instances_per_request_bucket\{le="20"\} 0$/m);
    assert.match(text, /^mixer_dispatcher_instances_per_request_sum 21$/m);
  });
});
