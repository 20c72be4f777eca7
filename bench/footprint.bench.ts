import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchResult, median } from './result.js';
import { inFolder } from './support/compare.js';
import { checkConfig, manyRulesConfig, quotaConfig, writeConfig } from './support/configs.js';
import { load, startMixer } from './support/servers.js';
import { checkPayload, grpcFrame } from './support/workloads.js';

const mebibytes = (bytes: number): number => bytes / 2 ** 20;

async function memory(folder: string): Promise<BenchResult[]> {
  const payload = join(folder, 'memory.bin');
  writeFileSync(payload, grpcFrame(checkPayload('requestcount')));
  const mixer = await startMixer(writeConfig(folder, 'memory', quotaConfig), '/dev/null');
  try {
    load(mixer.port, 'Check', { payload, count: 1000 });
    const rss = mebibytes((await mixer.memory(false)).rss);
    load(mixer.port, 'Check', { payload, count: 199_000 });
    const before = (await mixer.memory(true)).heapUsed;
    load(mixer.port, 'Check', { payload, count: 1_000_000 });
    const growth = mebibytes((await mixer.memory(true)).heapUsed - before);
    return [
      {
        name: 'RSS after 1,000 requests',
        ours: `${rss.toFixed(0)} MiB`,
        opponent: '',
        ratio: undefined,
        goal: '<= 120 MB',
        met: rss * 2 ** 20 <= 120e6,
      },
      {
        name: 'heap growth, requests 200,000 to 1,200,000',
        ours: `${growth.toFixed(1)} MiB`,
        opponent: '',
        ratio: undefined,
        goal: '< 5 MB',
        met: growth * 2 ** 20 < 5e6,
      },
    ];
  } finally {
    await mixer.stop();
  }
}

async function loading(folder: string): Promise<BenchResult[]> {
  const few = writeConfig(folder, 'few', checkConfig);
  const many = writeConfig(folder, 'many', manyRulesConfig);
  const time = async (config: string): Promise<number> => {
    const start = performance.now();
    const mixer = await startMixer(config, '/dev/null');
    const elapsed = performance.now() - start;
    await mixer.stop();
    return elapsed;
  };
  const differences: number[] = [];
  for (let round = 0; round < 5; round++) differences.push((await time(many)) - (await time(few)));
  const ours = median(differences);
  return [
    {
      name: 'loading 2,000 rules more',
      ours: `${ours.toFixed(0)} ms`,
      opponent: '',
      ratio: undefined,
      goal: '< 1 s',
      met: ours < 1000,
    },
  ];
}

/** Memory of a server under load, and how long a large configuration takes. */
export const run = (): Promise<readonly BenchResult[]> =>
  inFolder(async (folder) => [...(await loading(folder)), ...(await memory(folder))]);
