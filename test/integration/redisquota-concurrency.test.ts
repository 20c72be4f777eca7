import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { compressAttributes } from '../../src/cli/client/compress-attributes.js';
import { builtFile, nodeFlags } from '../support/built.js';
import { RedisProcess, redisPeer, startCluster } from '../support/redis.js';
import { tempFolder } from '../support/temp-folder.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

interface Load {
  readonly params: string;
  readonly keys?: number;
  /** Requests a second; as many as possible when absent. */
  readonly rate?: number;
}

interface Decision {
  readonly key: string;
  /** Microseconds by Redis's clock. */
  readonly time: number;
  readonly granted: number;
}

// A longer run, on a machine that has nothing else to do: FAIRLEAD_QUOTA_SECONDS=10.
const seconds = Number(process.env['FAIRLEAD_QUOTA_SECONDS'] ?? 2);
const isLong = seconds >= 10;
const processes = 8;
const underWay = 16;
const worker = builtFile('test/adapters/redisquota/worker.ts');
const million = 1_000_000;
// Demand is not quite constant on a machine that does other things as well.
const busy = 0.95;

type Worker = ChildProcessByStdio<Writable, Readable, null>;

/** What Redis decided in all processes, in the order of its clock. Denials that cost no call are not among it. */
async function run({ params, keys = 1, rate = 0 }: Load): Promise<readonly Decision[]> {
  const numbers = [seconds, underWay, keys, rate / processes].map(String);
  const args = [...nodeFlags, worker, params, ...numbers];
  const children = Array.from({ length: processes }, () =>
    spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  try {
    const decisions = await collect(children);
    // A closed handler leaves nothing that keeps its process alive.
    const signal = AbortSignal.timeout(60_000);
    for (const child of children) if (child.exitCode === null) await once(child, 'exit', { signal });
    return decisions;
  } finally {
    for (const child of children) child.kill();
  }
}

async function collect(children: readonly Worker[]): Promise<readonly Decision[]> {
  const lines = children.map((child) => createInterface(child.stdout)[Symbol.asyncIterator]());
  for (const line of lines) assert.equal((await line.next()).value, 'ready');
  for (const child of children) child.stdin.write('go\n');
  const texts = await Promise.all(lines.map((line) => line.next()));
  const outputs = texts.map(
    ({ value }) => JSON.parse(value as string) as { decisions: [string, number, number][]; failures: number },
  );
  assert.deepEqual(
    outputs.map(({ failures }) => failures),
    outputs.map(() => 0),
    'Redis decided on everything',
  );
  return outputs
    .flatMap(({ decisions }) => decisions.map(([key, time, granted]) => ({ key, time, granted })))
    .sort((a, b) => a.time - b.time);
}

/** What was granted for each key in spans of so many microseconds, as far as assertions are about it. */
interface Spans {
  /** The most in any span. */
  readonly most: number;
  /** The least in any span that lies wholly in the run; it ends just before the next grant. */
  readonly least: number;
  /** The least in the span before a denial, its own instant included. */
  readonly leastDenied: number;
}

function slide(decisions: readonly Decision[], span: number): Spans {
  let [most, least, leastDenied] = [0, Infinity, Infinity];
  const windows = new Map<string, { start: number; queue: Decision[]; sum: number }>();
  for (const decision of decisions) {
    const { key, time, granted } = decision;
    const window = windows.get(key) ?? { start: time, queue: [], sum: 0 };
    windows.set(key, window);
    const { queue } = window;
    while (queue.length > 0 && queue[0]!.time < time - span) window.sum -= queue.shift()!.granted;
    if (granted > 0 && time - span >= window.start) least = Math.min(least, window.sum);
    while (queue.length > 0 && queue[0]!.time <= time - span) window.sum -= queue.shift()!.granted;
    if (granted === 0) {
      leastDenied = Math.min(leastDenied, window.sum);
      continue;
    }
    queue.push(decision);
    window.sum += granted;
    most = Math.max(most, window.sum);
  }
  return { most, least, leastDenied };
}

/** What was granted a second, in whole spans from the first grant on. */
function perSecond(decisions: readonly Decision[], span = million): number {
  const start = decisions[0]!.time;
  const end = start + Math.floor((decisions.at(-1)!.time - start) / span) * span;
  const total = decisions.reduce((sum, { time, granted }) => sum + (time < end ? granted : 0), 0);
  return (total * million) / (end - start);
}

function params(address: string, limit: string, mode = 'SINGLE'): string {
  // The machine may be busy; what this is about is the counting.
  return `{ redisServerUrl: "${address}", mode: ${mode}, timeout: 5s, quotas: [{ name: q, validDuration: 1s, ${limit} }] }`;
}

/** As much is granted in the mean. How much is asked for is the machine's part, so that short runs do not look at it. */
function assertRate(decisions: readonly Decision[], least: number): void {
  if (isLong) assert.ok(perSecond(decisions) >= least * busy, String(perSecond(decisions)));
}

const rolling = 'maxAmount: 1000, bucketDuration: 100ms, rateLimitAlgorithm: ROLLING_WINDOW';

const configuration = (address: string) => `
kind: handler
metadata: { name: limits, namespace: istio-system }
spec:
  compiledAdapter: redisquota
  params: ${params(address, rolling.replace('1000', '300')).replace('name: q,', 'name: q.instance.istio-system,')}
---
kind: instance
metadata: { name: q, namespace: istio-system }
spec: { compiledTemplate: quota, params: { dimensions: { source: source.uid | "" } } }
---
kind: rule
metadata: { name: limit, namespace: istio-system }
spec: { actions: [{ handler: limits, instances: [q] }] }
`;

/** Asks a server for one after the other until the time is over. */
async function askServer({ mixer }: TestServer): Promise<void> {
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    const answer = await mixer.check({
      ...{ attributes: compressAttributes([]), globalWordCount: 0, deduplicationId: randomUUID() },
      quotas: { q: { amount: 1n, bestEffort: false } },
    });
    if (answer.quotas['q']?.grantedAmount !== 1n) await pause(1);
  }
}

describe('redisquota under load from several processes', redisPeer, () => {
  async function decisionsOf(limit: string, rate = 0): Promise<readonly Decision[]> {
    const server = await RedisProcess.start();
    try {
      return await run({ params: params(server.address, limit), rate });
    } finally {
      await server.remove();
    }
  }

  function describeSpans(decisions: readonly Decision[], { most, least, leastDenied }: Spans): string {
    const denials = decisions.filter(({ granted }) => granted === 0).length;
    return `in a sliding second at most ${most} and at least ${least}, before one of ${denials} denials at least ${leastDenied}; ${perSecond(decisions).toFixed(0)} a second`;
  }

  it('never exceeds a rolling window, and denies only when that less one bucket is granted', async (t) => {
    const decisions = await decisionsOf(rolling);
    const spans = slide(decisions, million);
    t.diagnostic(describeSpans(decisions, spans));
    assert.ok(spans.most <= 1000, String(spans.most));
    assert.ok(spans.leastDenied >= 900, String(spans.leastDenied));
    assertRate(decisions, 900);
  });

  it('does so as well when twice as much is asked for steadily', async (t) => {
    const decisions = await decisionsOf(rolling, 2000);
    const spans = slide(decisions, million);
    t.diagnostic(describeSpans(decisions, spans));
    assert.ok(spans.most <= 1000, String(spans.most));
    assert.ok(spans.leastDenied >= 900, String(spans.leastDenied));
    assertRate(decisions, 900);
  });

  it('gives a token bucket its capacity and its refill, and no more', async (t) => {
    const decisions = await decisionsOf('maxAmount: 1000, rateLimitAlgorithm: TOKEN_BUCKET');
    const spans = slide(decisions, million);
    t.diagnostic(describeSpans(decisions, spans));
    const total = decisions.reduce((sum, { granted }) => sum + granted, 0);
    const span = (decisions.at(-1)!.time - decisions[0]!.time) / million;
    assert.ok(total <= 1000 + span * 1000 + 1, `${total} in ${span} s`);
    if (isLong) assert.ok(total >= span * 1000 * busy, `${total} in ${span} s`);
    assert.ok(spans.most <= 2000, String(spans.most));
  });

  it('grants a fixed window once in each window', async (t) => {
    const decisions = await decisionsOf('maxAmount: 1000');
    t.diagnostic(describeSpans(decisions, slide(decisions, million)));
    const windows: number[] = [];
    let start = -Infinity;
    for (const { time, granted } of decisions) {
      if (time >= start + million) {
        start = time;
        windows.push(0);
      }
      windows[windows.length - 1]! += granted;
      if (granted === 0) assert.equal(windows.at(-1), 1000, 'a denial is for a window that is used up');
    }
    assert.ok(Math.max(...windows) <= 1000, String(windows));
    assertRate(decisions, 1000);
  });

  it('counts alike for two servers that share one Redis', async (t) => {
    const redis = await RedisProcess.start();
    const folder = tempFolder();
    writeFileSync(`${folder}/config.yaml`, configuration(redis.address));
    const start = () => startTestServer({ config: folder, adapterTimeoutMs: 10_000 });
    const servers = await Promise.all([start(), start()]);
    try {
      for (const { log } of servers) log.debugEnabled = true;
      await Promise.all(servers.flatMap((server) => Array.from({ length: underWay }, () => askServer(server))));
      const decisions = servers
        .flatMap(({ log }) => log.lines.filter(({ message }) => message.endsWith('redis decided')))
        .map(({ fields }) => fields as unknown as Decision)
        .sort((a, b) => a.time - b.time);
      const spans = slide(decisions, million);
      t.diagnostic(describeSpans(decisions, spans));
      assert.equal(new Set(decisions.map(({ key }) => key)).size, 1);
      assert.ok(spans.most <= 300, String(spans.most));
      assert.ok(spans.leastDenied >= 270, String(spans.leastDenied));
      assertRate(decisions, 270);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
      await redis.remove();
    }
  });

  it('counts alike on a cluster of three', async (t) => {
    const nodes = await startCluster();
    try {
      const address = nodes.map((node) => node.address).join(',');
      const text = params(address, rolling.replace('1000', '50'), 'CLUSTER');
      const decisions = await run({ params: text, keys: 30 });
      const spans = slide(decisions, million);
      t.diagnostic(`each of 30 keys: ${describeSpans(decisions, spans)} in all`);
      assert.equal(new Set(decisions.map(({ key }) => key)).size, 30);
      assert.ok(spans.most <= 50, String(spans.most));
      assert.ok(spans.leastDenied >= 45, String(spans.leastDenied));
      assertRate(decisions, 30 * 45);
      for (const node of nodes) assert.ok(Number(await node.run(['DBSIZE'])) > 0, 'each has its part');
    } finally {
      for (const node of nodes) await node.remove();
    }
  });
});
