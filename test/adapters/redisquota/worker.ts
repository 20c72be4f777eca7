// A process of its own that asks one quota without a pause and prints what it was granted when, by Redis's clock.
// Arguments: the handler's params, seconds, requests under way at once, dimensions to go through.
import redisquota from 'fairlead/adapters/redisquota';
import type { Log } from 'fairlead/sdk';
import { quota } from 'fairlead/templates';
import { decodeParams, fakeCall, sampleInstance, sampleTypes } from 'fairlead/testing';
import { createHost } from '../../../src/runtime/index.js';

const [params = '', seconds = '1', underWay = '8', keys = '1'] = process.argv.slice(2);
const grants: [key: string, time: number, granted: number][] = [];
let failures = 0;
const log: Log = {
  debugEnabled: true,
  debug: (_message, fields = {}) => {
    const { key, time, granted } = fields as { key: string; time: number; granted: number };
    if (granted > 0) grants.push([key, time, granted]);
  },
  info: () => undefined,
  warn: () => (failures += 1),
  error: () => (failures += 1),
};

const { env } = createHost({ log }).createEnv('h.default', 'redisquota');
const instances = Array.from({ length: Number(keys) }, (_, key) =>
  sampleInstance(quota, { name: 'q', dimensions: { client: `client-${key}` } }),
);
const types = { quota: new Map([['q', sampleTypes(quota, instances[0]!)]]) };
const { config } = decodeParams(redisquota, params);
const handler = await redisquota.build({ name: 'h.default', config, types, env: { ...env, log } });

const until = performance.now() + Number(seconds) * 1000;
let asked = 0;
const ask = async (): Promise<void> => {
  while (performance.now() < until) {
    asked += 1;
    const deduplicationId = `${process.pid}-${asked}`;
    const args = { amount: 1n, bestEffort: false, deduplicationId };
    const answer = await handler.handleQuota(instances[asked % instances.length]!, args, fakeCall());
    // A denial may be answered at once; the others must get their turn.
    if (answer.amount === 0n) await new Promise((resolve) => setImmediate(resolve));
  }
};
await Promise.all(Array.from({ length: Number(underWay) }, ask));
await handler.close?.();
process.stdout.write(JSON.stringify({ grants, asked, failures }));
