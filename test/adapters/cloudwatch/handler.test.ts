import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Timestamp } from 'fairlead/sdk';
import { metric } from 'fairlead/templates';
import { fakeCall, sampleInstance } from 'fairlead/testing';
import { setUp } from './support.js';

describe('cloudwatch', () => {
  it('puts metrics, signed, a second after they were reported', async (t) => {
    const { aws, env, metrics } = await setUp(t);
    void metrics(5n, 'text', 7n);
    await env.clock.advance(1000);
    const [body] = await aws.received(1);
    const Dimensions = [{ Name: 'service', Value: 'reviews' }];
    const Timestamp = Date.UTC(2026, 0, 1) / 1000;
    assert.deepEqual(body, {
      Namespace: 'mesh',
      MetricData: [5, 7].map((Value) => ({ MetricName: 'm', Dimensions, Timestamp, Value, Unit: 'Count' })),
    });
    assert.equal(aws.calls[0]!.action, 'GraniteServiceVersion20100801.PutMetricData');
    assert.deepEqual(aws.violations, []);
  });

  it('makes two calls of 21 metrics', async (t) => {
    const { aws, env, metrics } = await setUp(t);
    void metrics(...Array.from({ length: 21 }, (_, index) => BigInt(index)));
    await env.clock.advance(1000);
    const bodies = await aws.received(2);
    const sizes = bodies.map((body) => body['MetricData'].length as number);
    assert.deepEqual(sizes.sort(), [1, 20]);
    assert.deepEqual(aws.violations, []);
  });

  it('sends as many metrics in a call as it may, of labels of a megabyte too', async (t) => {
    const { aws, env, metrics, handler } = await setUp(t, 'metricsPerCall: 1000');
    const name = '"'.repeat(2 ** 20);
    void metrics(...Array.from({ length: 1000 }, () => 1n));
    const dimensions = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`d${index}`, name]));
    const large = Array.from({ length: 40 }, () => sampleInstance(metric, { name: 'm', value: 1n, dimensions }));
    await handler.handleMetric(large, fakeCall());
    await env.clock.advance(1000);
    const bodies = await aws.received(4);
    const sizes = bodies.map((body) => body['MetricData'].length as number);
    assert.deepEqual(
      sizes.sort((a, b) => b - a),
      [1000, 16, 16, 8],
    );
    assert.deepEqual(aws.violations, []);
  });

  it('makes two calls of 10001 log entries, in order', async (t) => {
    const { aws, handler, logs } = await setUp(t);
    const entries = Array.from({ length: 10_001 }, (_, index) => ({ variables: { text: String(index) } }));
    void logs(...entries);
    await handler.close?.();
    const bodies = await aws.received(2);
    const messages = bodies.map((body) => (body['logEvents'] as { message: string }[]).map(({ message }) => message));
    assert.deepEqual(
      messages.map(({ length }) => length),
      [10_000, 1],
    );
    assert.deepEqual(
      messages.flat(),
      entries.map(({ variables }) => variables.text),
    );
    assert.deepEqual(aws.violations, []);
  });

  it('cuts batches of long entries at what a call may have', async (t) => {
    const { aws, handler, logs } = await setUp(t);
    void logs(...Array.from({ length: 9 }, () => ({ variables: { text: 'x'.repeat(2 ** 20) } })));
    await handler.close?.();
    const bodies = await aws.received(3);
    assert.deepEqual(
      bodies.map((body) => body['logEvents'].length as number),
      [4, 4, 1],
    );
    assert.deepEqual(aws.violations, []);
  });

  it('leaves out what cannot be sent, counts it and says so once', async (t) => {
    const { aws, env, handler, metrics, logs } = await setUp(t);
    void metrics(NaN, 'x', 1n, Infinity, true);
    void logs(
      { timestamp: Timestamp.parse('0000-01-01T00:00:00Z')! },
      { variables: { text: '' } },
      { name: 'other' },
      { variables: { text: 'good' } },
    );
    await handler.close?.();
    await aws.received(2);
    const data = aws.calls.map(({ body }) => (body['MetricData'] ?? body['logEvents']).length as number);
    assert.deepEqual(data, [1, 1]);
    const measured = (template: string, reason: string) =>
      env.measured.get(`skipped_total{reason="${reason}",template="${template}"}`);
    assert.equal(measured('metric', 'value'), 4);
    for (const reason of ['too_old', 'empty', 'unknown']) assert.equal(measured('logentry', reason), 1);
    assert.equal(env.logged.filter(({ message }) => message.startsWith('cannot be sent')).length, 4);
    assert.deepEqual(aws.violations, []);
  });

  it('does without a client for what no rule sends', async (t) => {
    const idle = await setUp(t, '', {
      metric: new Map(),
      logentry: new Map([['other', { variables: { a: 'STRING' } }]]),
    });
    void idle.logs({ name: 'other' });
    await idle.handler.close?.();
    assert.equal(idle.aws.calls.length, 0);
    assert.deepEqual(
      idle.env.logged.map(({ message }) => message),
      ['cannot be sent; said once'],
    );
  });

  it('is not built for instances that do not fit', async (t) => {
    const types = {
      metric: new Map([['n', { value: 'BOOL', dimensions: {} }]]),
      logentry: new Map([['l', { variables: {} }]]),
    };
    await assert.rejects(() => setUp(t, '', types), {
      message: 'metricInfo: no entry for n; logs["l"]: l has no variables, and a log entry needs some',
    });
  });
});
