import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import cloudwatch from 'fairlead/adapters/cloudwatch';
import { type Timestamp, type Value } from 'fairlead/sdk';
import { logentry, metric } from 'fairlead/templates';
import { decodeParams, fakeCall, fakeEnv, sampleInstance } from 'fairlead/testing';
import { AwsServer } from './aws-server.js';

/** What an instance is made of, in tests. */
export interface Entry {
  readonly name?: string;
  readonly variables?: Readonly<Record<string, Value>>;
  readonly timestamp?: Timestamp;
}

/** Types as rules with a metric `m` and a log entry `l` have them. */
const types = {
  metric: new Map([['m', { value: 'INT64', dimensions: { service: 'STRING' } }]]),
  logentry: new Map([['l', { variables: { text: 'STRING' } }]]),
};

/** A handler that sends to a server of its own, unless `params` name another, with a clock that is turned by hand. */
export async function setUp(t: TestContext, params = '', more: object = types) {
  const aws = await AwsServer.start();
  t.after(() => aws.close());
  const text = `
namespace: mesh
metricInfo: { m: { unit: Count } }
logGroupName: mesh
logStreamName: access
logs: { l: { payloadTemplate: "{{.text}}" } }
region: eu-west-1
${params.includes('endpoint:') ? '' : `endpoint: ${aws.url}`}
${params}`;
  const { config, problems } = decodeParams(cloudwatch, text);
  assert.deepEqual(problems, []);
  const env = fakeEnv();
  aws.now = env.clock.now();
  t.after(() => env.stop());
  const handler = await cloudwatch.build({ name: 'h.default', config, types: more as never, env });
  t.after(() => handler.close?.());
  const dimensions = { service: 'reviews' };
  return {
    aws,
    env,
    handler,
    metrics: (...values: readonly Value[]) =>
      handler.handleMetric(
        values.map((value) => sampleInstance(metric, { name: 'm', value, dimensions })),
        fakeCall(),
      ),
    logs: (...entries: readonly Entry[]) =>
      handler.handleLogEntry(
        entries.map(({ name = 'l', variables = { text: 'hello' }, timestamp }) =>
          sampleInstance(logentry, { name, variables, timestamp, severity: 'info' }),
        ),
        fakeCall(),
      ),
  };
}
