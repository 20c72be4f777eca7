import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import grpc from '@grpc/grpc-js';
import { type BenchResult, median } from './result.js';
import { inFolder } from './support/compare.js';
import { reportConfig, writeConfig } from './support/configs.js';
import { load } from './support/servers.js';
import { type Sinks, startSinks } from './support/sinks.js';
import { backendsConfig, statedQueueBytes } from './support/telemetry-configs.js';
import { startTelemetryMixer, type TelemetryMixer } from './support/telemetry-mixer.js';
import { grpcFrame, reportPayload } from './support/workloads.js';

const bagsPerReport = 100;
/** Reports of one burst. */
const burst = 60;
/** Reports whose times are taken in one round, one after the other. */
const timed = 100;
const starts = 2;
const roundsPerStart = 10;
/** Bursts before the first that counts: for the compiler, and so that the queues of those without a backend are full. */
const warmUp = 10;

const mebi = 2 ** 20;
const statedBytes = statedQueueBytes.fluentd + statedQueueBytes.otlp;

/**
 * What is compared: the engine's Report benchmark for the machine's mood, `--defaultTelemetry` bare, with the access log
 * as well, and with deliveries besides.
 */
const all = ['engine', 'bare', 'base', 'well', 'hanging', 'dead'] as const;
type Which = (typeof all)[number];

/** A mixer, and where it delivers to. */
interface Runner {
  readonly mixer: TelemetryMixer;
  readonly client: grpc.Client;
  readonly sinks: Sinks | undefined;
  /** CPU time when it was last asked. */
  cpu: number;
}

/** What was measured of one start: CPU microseconds of a bag and the 99th percentile of Report, by round; bytes at the end. */
interface Measured {
  readonly cost: number[];
  readonly p99: number[];
  readonly rss: number;
  /** What is reachable, on the heap and off it. */
  readonly used: number;
  readonly delivery: Delivery;
}

/** Entries, and bytes that wait at the end. */
interface Delivery {
  readonly sent: number;
  readonly dropped: number;
  readonly waiting: number;
}

async function start(folder: string, which: Which): Promise<Runner> {
  const isPlain = which === 'engine' || which === 'bare' || which === 'base';
  const sinks = isPlain ? undefined : await startSinks(which);
  const config = sinks === undefined ? (which === 'engine' ? reportConfig : '') : backendsConfig(sinks);
  const flag = `--defaultTelemetry${which === 'bare' ? '' : '=metrics,kubernetes,accesslog'}`;
  const mixer = await startTelemetryMixer(writeConfig(folder, which, config), which === 'engine' ? [] : [flag]);
  const client = new grpc.Client(`127.0.0.1:${mixer.port}`, grpc.credentials.createInsecure());
  return { mixer, client, sinks, cpu: 0 };
}

async function stop({ mixer, client, sinks }: Runner): Promise<void> {
  client.close();
  await mixer.stop();
  await sinks?.stop();
}

/** CPU microseconds a bag, of a burst and of all that was delivered since the last one. */
async function cost(runner: Runner, payload: string): Promise<number> {
  load(runner.mixer.port, 'Report', { payload, count: burst });
  const before = runner.cpu;
  runner.cpu = await runner.mixer.cpu();
  return (runner.cpu - before) / (burst * bagsPerReport);
}

/** The 99th percentile of the times of Reports, one after the other, in milliseconds. */
async function p99({ client }: Runner, message: Buffer): Promise<number> {
  const identity = (bytes: Buffer): Buffer => bytes;
  const times: number[] = [];
  for (let call = 0; call < timed; call += 1) {
    const begin = performance.now();
    await new Promise<void>((resolve) => {
      // That a queue is full is an answer too, and the mixer counts it.
      client.makeUnaryRequest('/istio.mixer.v1.Mixer/Report', identity, identity, message, () => resolve());
    });
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[Math.ceil(timed * 0.99) - 1]!;
}

async function deliveryOf({ mixer }: Runner): Promise<Delivery> {
  const samples = await mixer.monitored('mixer_adapter_delivery_');
  const sum = (name: string): number =>
    [...samples].filter(([key]) => key.includes(name)).reduce((total, [, value]) => total + value, 0);
  return { sent: sum('_sent'), dropped: sum('_dropped'), waiting: sum('_queue_bytes') };
}

/** Starts one of each and loads them in turn. */
async function measure(folder: string): Promise<Record<Which, Measured>> {
  const message = reportPayload(bagsPerReport);
  const payload = join(folder, 'report.bin');
  writeFileSync(payload, grpcFrame(message));
  const runners: [Which, Runner][] = [];
  try {
    for (const which of all) runners.push([which, await start(folder, which)]);
    const costs = inTurn(() => [] as number[]);
    const times = inTurn(() => [] as number[]);
    for (let round = 0; round < warmUp; round += 1) for (const [, runner] of runners) await cost(runner, payload);
    for (let round = 0; round < roundsPerStart; round += 1) {
      for (const [which, runner] of runners) costs[which].push(await cost(runner, payload));
    }
    for (let round = 0; round < roundsPerStart; round += 1) {
      for (const [which, runner] of runners) times[which].push(await p99(runner, Buffer.from(message)));
    }
    const measured: [Which, Measured][] = [];
    for (const [which, runner] of runners) {
      const { rss } = await runner.mixer.memory(false);
      const { heapUsed, external } = await runner.mixer.memory(true);
      const delivery = await deliveryOf(runner);
      measured.push([which, { cost: costs[which], p99: times[which], rss, used: heapUsed + external, delivery }]);
    }
    return Object.fromEntries(measured) as Record<Which, Measured>;
  } finally {
    await Promise.all(runners.map(([, runner]) => stop(runner)));
  }
}

function inTurn<T>(create: () => T): Record<Which, T> {
  return Object.fromEntries(all.map((which) => [which, create()])) as Record<Which, T>;
}

/** Medians over all rounds of all starts. */
class Figures {
  readonly #runs: readonly Record<Which, Measured>[];

  constructor(runs: readonly Record<Which, Measured>[]) {
    this.#runs = runs;
  }

  median(which: Which, read: (measured: Measured) => readonly number[]): number {
    return median(this.#runs.flatMap((run) => read(run[which])));
  }

  /** Of the ratios within a round: what else the machine does, it does to both. */
  ratio(which: Which, to: Which, read: (measured: Measured) => readonly number[]): number {
    return median(this.#runs.flatMap((run) => read(run[which]).map((value, round) => value / read(run[to])[round]!)));
  }
}

const costOf = ({ cost }: Measured): readonly number[] => cost;
const p99Of = ({ p99 }: Measured): readonly number[] => p99;
const usedOf = ({ used }: Measured): readonly number[] => [used];
const rssOf = ({ rss }: Measured): readonly number[] => [rss];

const bags = (cost: number): string => `${Math.round(1e6 / cost)} bags/s per core (${cost.toFixed(1)} us a bag)`;
const mib = (bytes: number): string => `${(bytes / mebi).toFixed(0)} MiB`;

/** The cost of a bag beside that of another run. */
function costRow(
  figures: Figures,
  name: string,
  { of, to, most }: { of: Which; to: Which; most: number },
): BenchResult {
  const ratio = figures.ratio(of, to, costOf);
  return {
    name,
    ours: bags(figures.median(of, costOf)),
    opponent: bags(figures.median(to, costOf)),
    ratio,
    goal: `<= ${most.toFixed(2)}`,
    met: ratio <= most,
  };
}

function onTop(figures: Figures, name: string, of: Which): BenchResult {
  const cost = figures.median(of, costOf);
  const ratio = figures.ratio(of, 'engine', costOf);
  const opponent = bags(figures.median('engine', costOf));
  return { name, ours: bags(cost), opponent, ratio, goal: '>= 50000 bags/s', met: 1e6 / cost >= 50_000 };
}

function illRows(figures: Figures, which: 'dead' | 'hanging'): BenchResult[] {
  const waiting = figures.median(which, ({ delivery }) => [delivery.waiting]);
  const more = figures.median(which, usedOf) - figures.median('base', usedOf);
  const p99 = figures.ratio(which, 'well', p99Of);
  return [
    costRow(figures, `backends ${which}; well`, { of: which, to: 'well', most: 1.05 }),
    {
      name: `backends ${which}, p99 of Report; well`,
      ours: `${figures.median(which, p99Of).toFixed(1)} ms`,
      opponent: `${figures.median('well', p99Of).toFixed(1)} ms`,
      ratio: p99,
      goal: '<= 1.2',
      met: p99 <= 1.2,
    },
    {
      name: `backends ${which}, memory while ${mib(waiting)} wait; without backends`,
      ours: `${mib(figures.median(which, usedOf))}, RSS ${mib(figures.median(which, rssOf))}`,
      opponent: `${mib(figures.median('base', usedOf))}, RSS ${mib(figures.median('base', rssOf))}`,
      ratio: undefined,
      goal: `<= ${mib(statedBytes)} more`,
      met: more <= statedBytes,
    },
  ];
}

function rows(figures: Figures): BenchResult[] {
  const arrived = figures.median('well', ({ delivery: { sent, dropped } }) => [(100 * sent) / (sent + dropped)]);
  const name = `the same, fluentd and otlp (${arrived.toFixed(1)} % arrived); without them`;
  return [
    onTop(figures, 'Report with --defaultTelemetry; the Report benchmark', 'bare'),
    onTop(figures, 'the same and the access log; the Report benchmark', 'base'),
    costRow(figures, name, { of: 'well', to: 'base', most: 1 / 0.35 }),
    ...illRows(figures, 'dead'),
    ...illRows(figures, 'hanging'),
  ];
}

/** Report over loopback with telemetry that is delivered, to backends that are well, hanging or dead. */
export const run = (): Promise<readonly BenchResult[]> =>
  inFolder(async (folder) => {
    const runs: Record<Which, Measured>[] = [];
    for (let start = 0; start < starts; start += 1) runs.push(await measure(folder));
    return rows(new Figures(runs));
  });
