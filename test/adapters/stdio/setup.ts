import { setImmediate as turn } from 'node:timers/promises';
import { Duration, type Handler, type Instance, Timestamp, type Value, type ValueType } from 'fairlead/sdk';
import type { logentry, metric } from 'fairlead/templates';
import { createHandler } from '../../../src/adapters/stdio/handler.js';
import stdio from '../../../src/adapters/stdio/index.js';
import { fakeCall, fakeEnv, type FakeEnv } from '../../../src/testing/fake-env.js';
import { decodeParams } from '../../../src/testing/params.js';
import { MemoryFile } from './memory-file.js';

type Templates = typeof logentry | typeof metric;
type Values = Readonly<Record<string, Value | undefined>>;
type Types = Readonly<Record<string, ValueType>>;

/** The instance names that {@link inputFor} announces: a log entry and a metric. */
export const logName = 'Foo';
export const metricName = 'm.metric.default';

/** What `build` would get for YAML params, with one log entry and one metric whose fields have these types. */
export function inputFor(yaml: string, types: Types, env: FakeEnv = fakeEnv()) {
  const { config, problems } = decodeParams(stdio, yaml);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const monitored = { monitoredResourceType: 'STRING', monitoredResourceDimensions: {} } as const;
  return {
    name: 'h.default',
    config,
    env,
    types: {
      logentry: new Map([
        [logName, { variables: types, timestamp: 'TIMESTAMP' as const, severity: 'STRING' as const, ...monitored }],
      ]),
      metric: new Map([[metricName, { value: 'INT64' as const, dimensions: types, ...monitored }]]),
    },
  };
}

/** A handler that writes into memory. */
export function build(yaml: string, types: Types) {
  const file = new MemoryFile();
  const env = fakeEnv();
  const handler: Handler<Templates> = createHandler(inputFor(yaml, types, env), file);
  return {
    env,
    file,
    handler,
    log: (...entries: Instance<typeof logentry>[]) => void handler.handleLogEntry(entries, fakeCall()),
    measure: (...entries: Instance<typeof metric>[]) => void handler.handleMetric(entries, fakeCall()),
    lines: async (): Promise<string[]> => {
      await turn();
      return file.lines();
    },
  };
}

/** A log entry of 2017-08-21T10:04:00Z unless told otherwise. */
export function entry(
  variables: Values,
  head: { readonly severity?: string; readonly timestamp?: Timestamp | undefined; readonly name?: string } = {},
): Instance<typeof logentry> {
  return {
    name: logName,
    severity: 'info',
    timestamp: time,
    variables: bare(variables),
    monitoredResourceType: undefined,
    monitoredResourceDimensions: bare({}),
    ...head,
  };
}

/** A metric instance. */
export function measurement(value: Value | undefined, dimensions: Values): Instance<typeof metric> {
  return {
    name: metricName,
    value,
    dimensions: bare(dimensions),
    monitoredResourceType: undefined,
    monitoredResourceDimensions: bare({}),
  };
}

export const time = new Timestamp(Date.UTC(2017, 7, 21, 10, 4) / 1000, 0);
export const second = new Duration(1, 0);

function bare(values: Values): Readonly<Record<string, Value>> {
  return Object.assign(Object.create(null) as object, values) as Readonly<Record<string, Value>>;
}
