// A process of its own that asks one quota all the time and prints what Redis decided when, by Redis's clock. It says
// when it is ready, and begins when told to: of processes that start one after the other the last would ask alone.
// Arguments: the handler's params, seconds, requests under way at once, dimensions to go through, and requests a second;
// with 0 each is followed by the next.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import redisquota from 'fairlead/adapters/redisquota';
import type { Log } from 'fairlead/sdk';
import { quota } from 'fairlead/templates';
import { decodeParams, fakeCall, sampleInstance, sampleTypes } from 'fairlead/testing';
import { createHost } from '../../../src/runtime/index.js';

const [params = '', seconds = '1', underWay = '8', keys = '1', rate = '0'] = process.argv.slice(2);
const decisions: [key: string, time: number, granted: number][] = [];
let failures = 0;
const log: Log = {
  debugEnabled: true,
  debug: (_message, fields = {}) => {
    const { key, time, granted } = fields as { key: string; time: number; granted: number };
    decisions.push([key, time, granted]);
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

process.stdout.write('ready\n');
await once(process.stdin, 'data');
// A test that fails or is stopped leaves nobody behind.
process.stdin.once('end', () => process.exit(1));
const begin = performance.now();
const until = begin + Number(seconds) * 1000;
let asked = 0;
const ask = async (): Promise<void> => {
  for (;;) {
    const number = (asked += 1);
    if (rate !== '0') await pause(Math.max(0, begin + (number * 1000) / Number(rate) - performance.now()));
    if (performance.now() >= until) return;
    const deduplicationId = `${process.pid}-${number}`;
    const args = { amount: 1n, bestEffort: false, deduplicationId };
    const answer = await handler.handleQuota(instances[number % instances.length]!, args, fakeCall());
    // A denial may be answered at once; the others, and the other processes, must get their turn.
    if (answer.amount === 0n) await pause(1);
  }
};
await Promise.all(Array.from({ length: Number(underWay) }, ask));
await handler.close?.();
process.stdin.destroy();
process.stdout.write(`${JSON.stringify({ decisions, failures })}\n`);
