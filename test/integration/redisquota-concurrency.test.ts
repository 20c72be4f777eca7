import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RedisProcess, redisPeer, startCluster } from '../support/redis.js';

interface Load {
  readonly params: string;
  readonly processes: number;
  readonly keys?: number;
}

interface Grant {
  readonly key: string;
  /** Microseconds by Redis's clock. */
  readonly time: number;
  readonly granted: number;
}

// A longer run: FAIRLEAD_QUOTA_SECONDS=10.
const seconds = Number(process.env['FAIRLEAD_QUOTA_SECONDS'] ?? 4);
const processes = availableParallelism() >= 4 ? 8 : 4;
const worker = fileURLToPath(new URL('../adapters/redisquota/worker.ts', import.meta.url));
const million = 1_000_000;
// Demand is not quite constant on a machine that does other things as well.
const busy = 0.95;

async function run({ params, processes, keys = 1 }: Load): Promise<readonly Grant[]> {
  const args = ['--import', 'tsx', '--conditions=fairlead-source', worker, params, String(seconds), '16', String(keys)];
  const outputs = await Promise.all(
    Array.from({ length: processes }, async () => {
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      let text = '';
      for await (const chunk of child.stdout.setEncoding('utf8')) text += String(chunk);
      return JSON.parse(text) as { grants: [string, number, number][]; failures: number };
    }),
  );
  assert.equal(
    outputs.reduce((sum, { failures }) => sum + failures, 0),
    0,
    'Redis decided on everything',
  );
  return outputs
    .flatMap(({ grants }) => grants.map(([key, time, granted]) => ({ key, time, granted })))
    .sort((a, b) => a.time - b.time);
}

/** The most that was granted for one key in any span of so many microseconds. */
function peak(grants: readonly Grant[], span: number): number {
  let most = 0;
  const windows = new Map<string, { queue: Grant[]; sum: number }>();
  for (const grant of grants) {
    const window = windows.get(grant.key) ?? { queue: [], sum: 0 };
    windows.set(grant.key, window);
    window.queue.push(grant);
    window.sum += grant.granted;
    while (window.queue[0]!.time <= grant.time - span) window.sum -= window.queue.shift()!.granted;
    most = Math.max(most, window.sum);
  }
  return most;
}

/**
 * What was granted a second under constant demand: a grant of a rolling window comes back after the window and at most
 * a bucket, so the mean is taken over whole spans of that length, from the first grant on.
 */
function perSecond(grants: readonly Grant[], span = 1.1 * million): number {
  const start = grants[0]!.time;
  const end = start + Math.floor((grants.at(-1)!.time - start) / span) * span;
  const total = grants.reduce((sum, { time, granted }) => sum + (time < end ? granted : 0), 0);
  return (total * million) / (end - start);
}

function params(address: string, limit: string, mode = 'SINGLE'): string {
  // The machine may be busy; what this is about is the counting.
  return `{ redisServerUrl: "${address}", mode: ${mode}, timeout: 5s, quotas: [{ name: q, validDuration: 1s, ${limit} }] }`;
}

const rolling = 'maxAmount: 1000, bucketDuration: 100ms, rateLimitAlgorithm: ROLLING_WINDOW';

describe('redisquota under load from several processes', redisPeer, () => {
  async function withServer(limit: string, work: (grants: readonly Grant[]) => void): Promise<void> {
    const server = await RedisProcess.start();
    try {
      work(await run({ params: params(server.address, limit), processes }));
    } finally {
      await server.remove();
    }
  }

  it('never exceeds a rolling window, and loses no more than one bucket', async (t) => {
    await withServer(rolling, (grants) => {
      t.diagnostic(`peak ${peak(grants, million)}, mean ${perSecond(grants).toFixed(0)}, limit 1000/s`);
      assert.ok(peak(grants, million) <= 1000);
      // A bucket is a tenth of the window: what was granted at its start comes back a tenth too late at most.
      assert.ok(perSecond(grants) >= 900 * busy, String(perSecond(grants)));
    });
  });

  it('gives a token bucket its capacity and its refill, and no more', async (t) => {
    await withServer('maxAmount: 1000, rateLimitAlgorithm: TOKEN_BUCKET', (grants) => {
      t.diagnostic(
        `peak ${peak(grants, million)}, mean ${perSecond(grants).toFixed(0)}, limit 1000/s after a burst of 1000`,
      );
      const total = grants.reduce((sum, { granted }) => sum + granted, 0);
      const span = (grants.at(-1)!.time - grants[0]!.time) / million;
      assert.ok(total <= 1000 + span * 1000 + 1);
      assert.ok(total >= span * 1000);
      assert.ok(peak(grants, million) <= 2000);
    });
  });

  it('grants a fixed window once in each window', async (t) => {
    await withServer('maxAmount: 1000', (grants) => {
      t.diagnostic(`peak ${peak(grants, million)}, mean ${perSecond(grants).toFixed(0)}, limit 1000 a window`);
      const windows = new Map<number, number>();
      let start = -Infinity;
      for (const { time, granted } of grants) {
        if (time >= start + million) start = time;
        windows.set(start, (windows.get(start) ?? 0) + granted);
      }
      assert.ok(Math.max(...windows.values()) <= 1000);
      assert.ok(perSecond(grants, million) >= 1000 * busy, String(perSecond(grants, million)));
    });
  });

  it('counts alike on a cluster of three', async (t) => {
    const nodes = await startCluster();
    try {
      const address = nodes.map((node) => node.address).join(',');
      const text = params(address, rolling.replace('1000', '50'), 'CLUSTER');
      const grants = await run({ params: text, processes: 2, keys: 30 });
      t.diagnostic(`peak ${peak(grants, million)} of 50, ${new Set(grants.map(({ key }) => key)).size} keys`);
      assert.equal(new Set(grants.map(({ key }) => key)).size, 30);
      assert.ok(peak(grants, million) <= 50);
      assert.ok(perSecond(grants) >= 30 * 45 * busy, String(perSecond(grants)));
      for (const node of nodes) assert.ok(Number(await node.run(['DBSIZE'])) > 0, 'each has its part');
    } finally {
      for (const node of nodes) await node.remove();
    }
  });
});
