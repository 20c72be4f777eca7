// A scrape of 100,000 lines as a server goes through it: how long, how long nothing else could run, and how much memory.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { join } from 'node:path';
import { type BenchResult, median } from './result.js';

const rounds = 5;
const child = join(import.meta.dirname, 'support/scrape-child.mjs');
const asPrometheus = {
  accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
  'accept-encoding': 'gzip',
};

interface Scraped {
  readonly millis: number;
  readonly longestStall: number;
  readonly peak: number;
}

interface Side {
  readonly heapPerSeries: number;
  readonly count: number;
  scrape(headers?: Readonly<Record<string, string>>): Promise<Scraped>;
  stop(): Promise<void>;
}

async function ask<T>(process: ChildProcess, what?: string): Promise<T> {
  const answer = once(process, 'message');
  if (what !== undefined) process.send(what);
  return ((await answer) as [T])[0];
}

async function start(which: 'ours' | 'theirs'): Promise<Side> {
  const process = fork(child, [which], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const { url, heapPerSeries, count } = await ask<{ url: string; heapPerSeries: number; count: number }>(process);
  return {
    heapPerSeries,
    count,
    async scrape(headers = {}) {
      await ask(process, 'start');
      const begun = performance.now();
      await read(url, headers);
      const millis = performance.now() - begun;
      return { millis, ...(await ask<{ longestStall: number; peak: number }>(process, 'read')) };
    },
    async stop() {
      const ended = once(process, 'exit');
      process.send('stop');
      await ended;
    },
  };
}

async function read(url: string, headers: Readonly<Record<string, string>>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    get(url, { headers }, (response) => {
      response.on('error', reject).on('end', resolve).resume();
    }).on('error', reject);
  });
}

const medianOf = (values: readonly Scraped[], key: keyof Scraped): number => median(values.map((one) => one[key]));
const worstOf = (values: readonly Scraped[], key: keyof Scraped): number => Math.max(...values.map((one) => one[key]));
const mebi = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** Compares a scrape of ours with one of prom-client, each in a process of its own, taking turns. */
export async function run(): Promise<readonly BenchResult[]> {
  const sides = [await start('ours'), await start('theirs')] as const;
  const [our, packed, their]: [Scraped[], Scraped[], Scraped[]] = [[], [], []];
  for (let round = -1; round < rounds; round++) {
    const results = [await sides[0].scrape(), await sides[0].scrape(asPrometheus), await sides[1].scrape()] as const;
    // The first round is for the compiler.
    if (round < 0) continue;
    for (const [at, list] of [our, packed, their].entries()) list.push(results[at]!);
  }
  await Promise.all(sides.map((side) => side.stop()));
  const row = (name: string, [ours, opponent, limit]: readonly number[], show: (value: number) => string) => ({
    name,
    ours: show(ours!),
    opponent: show(opponent!),
    ratio: ours! / opponent!,
    goal: limit === undefined ? '' : `<= ${show(limit)}`,
    met: limit === undefined || ours! <= limit,
  });
  const millis = (value: number): string => `${value.toFixed(0)} ms`;
  const of = `of ${sides[0].count} lines of 20 labels (prom-client)`;
  // The longest of one scrape, not of all: on a shared machine some process takes the processor away now and then.
  const stall = medianOf(their, 'longestStall');
  const heap = [sides[0].heapPerSeries, sides[1].heapPerSeries];
  return [
    row(`scrape ${of}`, [medianOf(our, 'millis'), medianOf(their, 'millis'), 2000], millis),
    row(`the same, OpenMetrics and gzip`, [medianOf(packed, 'millis'), medianOf(their, 'millis'), 2000], millis),
    row('longest stall of the event loop', [medianOf(our, 'longestStall'), stall, 50], millis),
    row('the same, OpenMetrics and gzip', [medianOf(packed, 'longestStall'), stall, 50], millis),
    row('highest RSS while scraped', [worstOf([...our, ...packed], 'peak'), worstOf(their, 'peak')], mebi),
    row('heap per series of 20 labels', heap, (value) => `${value.toFixed(0)} bytes`),
  ];
}
