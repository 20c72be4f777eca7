import type { BenchResult } from './result.js';
import { compare, inFolder } from './support/compare.js';
import { reportConfig } from './support/configs.js';
import { reportPayload } from './support/workloads.js';

const bagsPerReport = 100;

async function reports(folder: string): Promise<BenchResult[]> {
  const message = reportPayload(bagsPerReport);
  const { ours, echo } = await compare(folder, {
    name: 'report',
    method: 'Report',
    config: reportConfig,
    message,
    calls: 100,
  });
  const perSecond = (bagsPerReport * 1e6) / ours;
  return [
    {
      name: `Report of ${bagsPerReport} bags, 4 metrics and 1 log line each`,
      ours: `${Math.round(perSecond)} bags/s per core (${(ours / bagsPerReport).toFixed(1)} us a bag)`,
      opponent: `echo ${(echo / bagsPerReport).toFixed(1)} us a bag`,
      ratio: undefined,
      goal: '>= 50000 bags/s',
      met: perSecond >= 50_000,
    },
  ];
}

/** Report over loopback with Istio's standard telemetry; CPU time of the server's process. */
export const run = (): Promise<readonly BenchResult[]> => inFolder(reports);
