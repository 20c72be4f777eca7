import { join } from 'node:path';
import { type BenchResult, median } from './result.js';
import { inFolder } from './support/compare.js';
import { type PushCost, startEchoRig, startPilotRig, type XdsLoad } from './support/xds-rig.js';

const fullRounds = 5;
const endpointRounds = 15;
const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

interface Figures {
  readonly first: PushCost;
  readonly full: readonly PushCost[];
  readonly endpoints: readonly PushCost[];
  readonly rss: number;
  readonly files: { readonly full: readonly string[]; readonly endpoints: readonly string[] };
}

/** Changes everything some times, and the endpoints of one service some times. */
async function measurePilot(load: XdsLoad, folder: string): Promise<Figures> {
  const rig = await startPilotRig(load);
  try {
    const full: PushCost[] = [];
    for (let step = 1; step <= fullRounds; step += 1) full.push(await rig.full(step));
    const whole = await rig.keep(join(folder, 'full'));
    const endpoints: PushCost[] = [];
    for (let step = 0; step < endpointRounds; step += 1) endpoints.push(await rig.endpoints(step));
    const small = await rig.keep(join(folder, 'endpoints'));
    const files = {
      full: whole.filter((file) => !file.endsWith('listener.bin')),
      endpoints: small.filter((file) => file.endsWith('endpoints.bin')),
    };
    return { first: rig.first, full, endpoints, rss: await rig.rss(), files };
  } finally {
    await rig.stop();
  }
}

/** The same bytes to the same clients from a server that knows nothing. */
async function measureEcho(load: XdsLoad, files: Figures['files']): Promise<Pick<Figures, 'full' | 'endpoints'>> {
  const rig = await startEchoRig(load);
  try {
    const [full, endpoints]: [PushCost[], PushCost[]] = [[], []];
    for (let step = 1; step <= fullRounds; step += 1) full.push(await rig.push(files.full));
    for (let step = 0; step < endpointRounds; step += 1) endpoints.push(await rig.push(files.endpoints));
    return { full, endpoints };
  } finally {
    await rig.stop();
  }
}

const middle = (costs: readonly PushCost[], of: 'all' | 'cpu' | 'built'): number =>
  median(costs.map((cost) => cost[of] ?? NaN));

function timing(name: string, { ours, echo, of, goal }: Comparison): BenchResult {
  const [mine, other] = [middle(ours, of), echo === undefined ? undefined : middle(echo, of)];
  const unit = of === 'cpu' ? 'ms CPU' : 'ms';
  return {
    name,
    ours: `${mine.toFixed(1)} ${unit}`,
    opponent: other === undefined ? '' : `the same bytes alone ${other.toFixed(1)} ${unit}`,
    ratio: other === undefined ? undefined : mine / other,
    goal: goal === undefined ? '' : `<= ${goal} ${unit}`,
    met: goal === undefined || mine <= goal,
  };
}

interface Comparison {
  readonly ours: readonly PushCost[];
  readonly echo?: readonly PushCost[];
  readonly of: 'all' | 'cpu' | 'built';
  readonly goal?: number;
}

async function flavourFigures(flavour: XdsLoad['flavour'], folder: string): Promise<BenchResult[]> {
  const load: XdsLoad = { flavour, services: 1000, clients: 200 };
  const small = await measurePilot(load, join(folder, flavour, 'one'));
  const echo = await measureEcho(load, small.files);
  const large = await measurePilot({ ...load, services: 2000 }, join(folder, flavour, 'two'));
  const growth = middle(large.endpoints, 'cpu') / middle(small.endpoints, 'cpu');
  const named = (text: string): string => `${flavour}: ${text}`;
  const bytes = mebibytes(small.full[0]!.bytes);
  return [
    timing(named('full push, built'), { ours: small.full, of: 'built', goal: 1000 }),
    timing(named(`full push, with all 200 clients (${bytes})`), {
      ...{ ours: small.full, echo: echo.full, of: 'all', goal: 3000 },
    }),
    timing(named('full push'), { ours: small.full, echo: echo.full, of: 'cpu' }),
    timing(named('200 clients at once, until all have everything'), { ours: [small.first], of: 'all' }),
    timing(named('endpoints of one service, with all clients'), {
      ...{ ours: small.endpoints, echo: echo.endpoints, of: 'all', goal: 60 },
    }),
    timing(named('endpoints of one service'), { ours: small.endpoints, echo: echo.endpoints, of: 'cpu' }),
    {
      name: named('the same in a mesh of twice the size'),
      ours: `${middle(large.endpoints, 'cpu').toFixed(1)} ms CPU, ${middle(large.endpoints, 'all').toFixed(1)} ms`,
      opponent: `of 1,000 services ${middle(small.endpoints, 'cpu').toFixed(1)} ms CPU`,
      ratio: growth,
      goal: '<= 1.2',
      met: growth <= 1.2,
    },
    {
      name: named('RSS; snapshots made for a full push'),
      ours: `${mebibytes(small.rss)}; ${median(small.full.map((cost) => cost.builds))}`,
      opponent: '',
      ratio: undefined,
      goal: '< 600 MB',
      met: small.rss < 600e6,
    },
  ];
}

/**
 * A mesh of 1,000 services with 2 endpoints and 500 VirtualServices before 200 wildcard clients in another process,
 * beside a gRPC server that writes the same bytes. `FAIRLEAD_BENCH_FLAVOUR` measures one flavour alone.
 */
export const run = (): Promise<readonly BenchResult[]> =>
  inFolder(async (folder) => {
    const chosen = process.env['FAIRLEAD_BENCH_FLAVOUR'];
    const flavours = (['grpc', 'envoy'] as const).filter((flavour) => chosen === undefined || chosen === flavour);
    const results: BenchResult[] = [];
    for (const flavour of flavours) results.push(...(await flavourFigures(flavour, folder)));
    return results;
  });
