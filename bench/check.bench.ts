import type { BenchResult } from './result.js';
import { compare, inFolder, type Workload } from './support/compare.js';
import { checkConfig, quotaConfig } from './support/configs.js';
import { checkPayload } from './support/workloads.js';

async function checks(folder: string): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  const workloads: [Workload, number][] = [
    [{ name: 'check', method: 'Check', config: checkConfig, message: checkPayload(), calls: 3_000 }, 1.25],
    [
      {
        name: 'check-quota',
        method: 'Check',
        config: quotaConfig,
        message: checkPayload('requestcount'),
        calls: 3_000,
      },
      1.4,
    ],
  ];
  for (const [workload, goal] of workloads) {
    const { ours, echo, ratio } = await compare(folder, workload);
    results.push({
      name: workload.name === 'check' ? 'Check, 10 rules, 2 matched' : 'Check and memquota',
      ours: `${ours.toFixed(1)} us CPU`,
      opponent: `echo ${echo.toFixed(1)} us CPU`,
      ratio,
      goal: `<= ${goal}`,
      met: ratio <= goal,
    });
  }
  return results;
}

/** Check over loopback beside an empty gRPC echo of the same bytes; CPU time of the server's process. */
export const run = (): Promise<readonly BenchResult[]> => inFolder(checks);
