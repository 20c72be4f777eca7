import { Duration, type Handler, Timestamp, type Value, type ValueType } from 'fairlead/sdk';
import { logentry, metric, tracespan } from 'fairlead/templates';
import otlp from '../../../src/adapters/otlp/index.js';
import { decodeParams, fakeCall, type FakeEnv, fakeEnv, sampleInstance } from '../../../src/testing/index.js';
import { eventually } from '../../support/peer.js';

type Values = Readonly<Record<string, Value | undefined>>;

/** A handler, its environment, and short words for what tests do with them. */
export interface Built {
  readonly env: FakeEnv;
  readonly handler: Handler<typeof metric | typeof logentry | typeof tracespan>;
  readonly count: (name: string, value: Value | undefined, dimensions?: Values) => void;
  readonly log: (
    name: string,
    variables: Values,
    more?: { readonly severity?: string; readonly timestamp?: Timestamp },
  ) => void;
  readonly trace: (values?: Parameters<typeof sampleInstance<typeof tracespan>>[1]) => void;
  /** Lets time pass, by the test's clock, until something is so. */
  readonly until: (ask: () => boolean, stepMillis?: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Builds a handler from YAML params, as the host would. `types` are value types of metrics and their dimensions. */
export async function build(
  params: string,
  types: Readonly<Record<string, readonly [ValueType, ...string[]]>> = {},
): Promise<Built> {
  const env = fakeEnv();
  const { config, problems } = decodeParams(otlp, params);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const metrics = new Map(
    Object.entries(types).map(([name, [value, ...dimensions]]) => [
      name,
      {
        value,
        dimensions: Object.fromEntries(dimensions.map((dimension) => [dimension, 'STRING' as const])),
        monitoredResourceType: 'STRING' as const,
        monitoredResourceDimensions: {},
      },
    ]),
  );
  const handler = await otlp.build({
    name: 'h',
    config,
    types: { metric: metrics, logentry: new Map(), tracespan: new Map() },
    env,
  });
  const until: Built['until'] = (ask, stepMillis = 1000) =>
    eventually(async () => {
      await env.clock.advance(stepMillis);
      return ask() || undefined;
    }).then(() => undefined);
  return {
    env,
    handler,
    until,
    count: (name, value, dimensions = {}) =>
      void handler.handleMetric([sampleInstance(metric, { name, value, dimensions: bare(dimensions) })], fakeCall()),
    log: (name, variables, { severity = 'Info', timestamp = time } = {}) =>
      void handler.handleLogEntry(
        [sampleInstance(logentry, { name, variables: bare(variables), severity, timestamp })],
        fakeCall(),
      ),
    trace: (values = {}) => void handler.handleTraceSpan([{ ...span, ...values }], fakeCall()),
    close: async () => {
      env.abort();
      let closed = false;
      const closing = Promise.resolve(handler.close?.()).then(() => (closed = true));
      await until(() => closed);
      await closing;
      env.dispose();
    },
  };
}

const time = new Timestamp(1_700_000_000, 123_456_789);

const span = sampleInstance(tracespan, {
  traceId: '463ac35c9f6413ad48485a3953bb6124',
  spanId: 'a2fb4a1d1a96d312',
  parentSpanId: '0020000000000001',
  spanName: '/Get',
  startTime: time,
  endTime: new Timestamp(1_700_000_001, 1),
  clientSpan: false,
  rewriteClientSpanId: false,
  httpStatusCode: 404n,
  sourceName: 'srcsvc',
  destinationName: 'destsvc',
  requestTotalSize: 2n ** 60n + 1n,
  responseTotalSize: 512n,
  spanTags: bare({
    text: 'é\u{1f600}',
    count: 2n ** 53n + 1n,
    ratio: 2,
    flag: false,
    elapsed: Duration.fromMillis(3),
    labels: new Map([
      ['__proto__', 'x'],
      ['v', '1'],
    ]),
  }),
});

function bare(values: Values): Readonly<Record<string, Value>> {
  const map = Object.create(null) as Record<string, Value>;
  for (const key of Object.keys(values)) if (values[key] !== undefined) map[key] = values[key];
  return map;
}
