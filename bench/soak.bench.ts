import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';
import type { BenchResult } from './result.js';
import { inFolder } from './support/compare.js';
import { writeConfig } from './support/configs.js';
import { startSinks } from './support/sinks.js';
import { backendsConfig, logFileConfig } from './support/telemetry-configs.js';
import { startTelemetryMixer, type TelemetryMixer } from './support/telemetry-mixer.js';
import { reportPayload } from './support/workloads.js';

const seconds = Number(process.env['FAIRLEAD_SOAK_SECONDS'] ?? 600);
/** The part of the time in which a process becomes what it is to be: three minutes of ten. */
const settling = 0.3;
const bagsPerReport = 100;
const millisPerReport = 50;
const millisPerScrape = 5000;
const millisPerSample = 10_000;

/** Memory of the process at a time, in minutes and MB. */
interface Sample {
  readonly minute: number;
  readonly rss: number;
}

/** The slope of the line that is nearest to all samples, in MB a minute. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (read: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + read(sample), 0) / samples.length;
  const [meanMinute, meanRss] = [mean(({ minute }) => minute), mean(({ rss }) => rss)];
  const spread = samples.map(({ minute, rss }) => ({ x: minute - meanMinute, y: rss - meanRss }));
  return spread.reduce((sum, { x, y }) => sum + x * y, 0) / spread.reduce((sum, { x }) => sum + x * x, 0);
}

/** Does something again and again until the time is over. What takes longer than its turn misses turns. */
async function every(millis: number, end: number, work: () => Promise<unknown>): Promise<void> {
  for (let next = performance.now(); next < end; next = Math.max(next + millis, performance.now())) {
    await pause(Math.max(0, next - performance.now()));
    await work();
  }
}

interface Soak {
  readonly samples: readonly Sample[];
  readonly reports: number;
  readonly failed: number;
  readonly sent: number;
  readonly dropped: number;
}

async function soak(mixer: TelemetryMixer): Promise<Soak> {
  const client = new grpc.Client(`127.0.0.1:${mixer.port}`, grpc.credentials.createInsecure());
  const identity = (bytes: Buffer): Buffer => bytes;
  const message = Buffer.from(reportPayload(bagsPerReport));
  const report = (): Promise<boolean> =>
    new Promise((resolve) => {
      client.makeUnaryRequest('/istio.mixer.v1.Mixer/Report', identity, identity, message, (error) =>
        resolve(error === null),
      );
    });
  const samples: Sample[] = [];
  let reports = 0;
  let failed = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all([
    every(millisPerReport, end, async () => {
      reports += 1;
      if (!(await report())) failed += 1;
    }),
    every(millisPerScrape, end, () => mixer.scrape()),
    every(millisPerSample, end, async () => {
      const { rss } = await mixer.memory(false);
      const sample = { minute: (performance.now() - start) / 60_000, rss: rss / 1e6 };
      samples.push(sample);
      console.error(`  ${sample.minute.toFixed(2)} min: RSS ${sample.rss.toFixed(1)} MB`);
    }),
  ]);
  client.close();
  const counted = await mixer.monitored('mixer_adapter_delivery_');
  const sum = (name: string): number =>
    [...counted].filter(([key]) => key.includes(name)).reduce((total, [, value]) => total + value, 0);
  return { samples, reports, failed, sent: sum('_sent'), dropped: sum('_dropped') };
}

/** Ten minutes of telemetry at a moderate load: whether memory keeps growing. */
export const run = (): Promise<readonly BenchResult[]> =>
  inFolder(async (folder) => {
    const sinks = await startSinks('well');
    const config = backendsConfig(sinks) + logFileConfig(join(folder, 'access.log'));
    const mixer = await startTelemetryMixer(writeConfig(folder, 'soak', config), [
      '--defaultTelemetry=metrics,kubernetes,accesslog',
    ]);
    try {
      const { samples, reports, failed, sent, dropped } = await soak(mixer);
      const settled = samples.filter(({ minute }) => minute * 60 >= settling * seconds);
      const slope = slopeOf(settled);
      const [first, last] = [settled[0]!.rss, settled.at(-1)!.rss];
      const rate = Math.round((reports * bagsPerReport) / seconds);
      return [
        {
          name: `growth of RSS, ${seconds} s of ${rate} bags/s (${failed} Reports failed, ${dropped} of ${sent + dropped} entries dropped)`,
          ours: `${slope.toFixed(2)} MB/min, ${first.toFixed(0)} MB at ${(settling * seconds).toFixed(0)} s, ${last.toFixed(0)} MB at the end`,
          opponent: '',
          ratio: undefined,
          goal: '< 1 MB/min',
          met: slope < 1,
        },
      ];
    } finally {
      await mixer.stop();
      await sinks.stop();
    }
  });
