import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import signalfx from 'fairlead/adapters/signalfx';
import { Timestamp, type Value } from 'fairlead/sdk';
import { metric, tracespan } from 'fairlead/templates';
import { decodeParams, fakeCall, fakeEnv, sampleInstance } from 'fairlead/testing';
import { eventually } from '../../support/peer.js';
import type { BackendRequest } from '../../support/http-backend.js';
import { type ReadPoint, readUpload } from './upload.js';

type Values = Readonly<Record<string, Value>>;

/** A handler for the counter `c` and the histogram `h`. */
export async function setUp(t: TestContext, url: string, more = '') {
  const { config, problems } = decodeParams(
    signalfx,
    `accessToken: secret-token
ingestUrl: ${url}
metrics: [{ name: c, type: COUNTER }, { name: h, type: HISTOGRAM }]
${more}`,
  );
  assert.deepEqual(problems, []);
  const env = fakeEnv();
  const types = new Map(['c', 'h'].map((name) => [name, { value: 'INT64', dimensions: {} }]));
  const input = { name: 'h.default', config, types: { metric: types, tracespan: new Map() } as never, env };
  const handler = await signalfx.build(input);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= Promise.resolve(handler.close?.()));
  /** Lets time pass until something is true: the clock is the test's, the network is real. */
  const until = (ask: () => boolean, step = 1000) =>
    eventually(async () => {
      await env.clock.advance(step);
      return ask() || undefined;
    });
  t.after(async () => {
    let closed = false;
    void close().then(() => (closed = true));
    await until(() => closed);
    env.dispose();
  });
  const bare = { monitoredResourceType: '', monitoredResourceDimensions: {} };
  return {
    env,
    handler,
    close,
    until,
    measure: (name: string, value: Value, dimensions: Values = {}) =>
      void handler.handleMetric([sampleInstance(metric, { ...bare, name, value, dimensions })], fakeCall()),
    trace: (spanId = 'a2fb4a1d1a96d312', spanTags: Values = {}) =>
      void handler.handleTraceSpan(
        [
          sampleInstance(tracespan, {
            traceId: '463ac35c9f6413ad48485a3953bb6124',
            spanId,
            parentSpanId: '',
            spanName: '/a',
            startTime: new Timestamp(1_500_000_000, 0),
            endTime: new Timestamp(1_500_000_000, 30_000_000),
            spanTags,
          }),
        ],
        fakeCall(),
      ),
  };
}

/** The data points of a request, by name. */
export function pointsOf({ raw }: BackendRequest): ReadonlyMap<string, ReadPoint> {
  return new Map(readUpload(raw).map((point) => [point.metric, point]));
}
