import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { build, instance } from './setup.js';

const yaml = `
metrics:
- name: requests_total
  instance_name: requests
  kind: COUNTER
  label_names: [code]
  exemplar_dimension: trace_id
- name: duration_seconds
  instance_name: duration
  kind: DISTRIBUTION
  exemplar_dimension: trace-id
  buckets: {explicit_buckets: {bounds: [1, 2]}}
- name: count
  instance_name: count
  kind: COUNTER
  exemplar_dimension: trace_id
`;
const request = (trace: string, code = '200') => instance('requests', 1n, { code, trace_id: trace });
const duration = (value: number, trace: string) => instance('duration', value, { 'trace-id': trace });

describe('exemplars', () => {
  it('are the latest of a counter, with the time of the update', async () => {
    const built = await build(yaml);
    built.handle(request('aa'), request('bb'));
    await built.env.clock.advance(1500);
    built.handle(request('cc', '500'));
    assert.deepEqual(built.openMetrics().split('\n').slice(0, -1), [
      '# HELP istio_requests requests_total',
      '# TYPE istio_requests counter',
      'istio_requests_total{code="200"} 2 # {trace_id="bb"} 1 1767225600.000',
      'istio_requests_total{code="500"} 1 # {trace_id="cc"} 1 1767225601.500',
    ]);
  });

  it('are the latest of each bucket of a distribution', async () => {
    const built = await build(yaml);
    built.handle(duration(0.5, 'aa'), duration(3, 'bb'), duration(0.25, 'cc'));
    assert.deepEqual(built.openMetrics().split('\n').slice(2, -1), [
      'istio_duration_seconds_bucket{le="1"} 2 # {traceid="cc"} 0.25 1767225600.000',
      'istio_duration_seconds_bucket{le="2"} 2',
      'istio_duration_seconds_bucket{le="+Inf"} 3 # {traceid="bb"} 3 1767225600.000',
      'istio_duration_seconds_sum 3.75',
      'istio_duration_seconds_count 3',
    ]);
  });

  it('are not in the text format, nor among the labels', async () => {
    const built = await build(yaml);
    built.handle(request('aa'), request('bb'), duration(0.5, 'cc'));
    assert.doesNotMatch(built.text(), /trace|aa|bb|cc/);
    assert.equal(built.value('istio_requests_total', { code: '200' }), 2);
  });

  it('are left out of a counter that OpenMetrics has no type for', async () => {
    const built = await build(yaml);
    built.handle(instance('count', 1n, { trace_id: 'aa' }));
    assert.match(built.openMetrics(), /^# TYPE istio_count unknown\nistio_count 1$/m);
  });

  it('stay when there is nothing to put in their place', async () => {
    const built = await build(yaml);
    for (const trace of ['aa', '', 'x'.repeat(121)]) built.handle(request(trace));
    assert.match(built.openMetrics(), /^istio_requests_total\{code="200"\} 3 # \{trace_id="aa"\} 1 /m);
    built.handle(request('x'.repeat(120)));
    assert.match(built.openMetrics(), /trace_id="x{120}"/);
  });

  it('need their dimension, in any order', async () => {
    const built = await build(yaml);
    built.handle(instance('requests', 1n, { trace_id: 'aa', code: '200' }), request('bb'));
    assert.equal(built.value('istio_requests_total'), 2);
    assert.throws(() => built.handle(instance('requests', 1n, { code: '200' })), /missing: trace_id/);
    assert.throws(
      () => built.handle(instance('requests', 1n, { code: '200', trace_id: '', more: '' })),
      /unexpected: more/,
    );
  });

  it('are no difference that would be warned of', async () => {
    const { env } = await build(yaml, { types: { requests: ['trace_id', 'code'] } });
    assert.deepEqual(env.logged, []);
  });
});
