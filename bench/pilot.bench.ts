import { join } from 'node:path';
import { type BenchResult, median } from './result.js';
import { inFolder } from './support/compare.js';
import { type PushCost, startEchoRig, startPilotRig, type XdsLoad } from './support/xds-rig.js';

const fullRounds = 3;
const endpointRounds = 11;
const warmUp = 2;
const clients = 200;
const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

/** What one server did. */
interface Figures {
  readonly full: readonly PushCost[];
  readonly endpoints: readonly PushCost[];
}

/** What a Pilot did besides. */
interface PilotFigures extends Figures {
  readonly first: PushCost;
  readonly rss: number;
  /** Responses as one client got them. */
  readonly files: { readonly full: readonly string[]; readonly endpoints: readonly string[] };
}

/** Changes everything some times, and the endpoints of one service some times. */
async function measurePilot(load: XdsLoad, folder: string): Promise<PilotFigures> {
  const rig = await startPilotRig(load);
  const full: PushCost[] = [];
  for (let step = 1; step <= fullRounds; step += 1) full.push(await rig.full(step));
  const whole = await rig.keep(join(folder, 'full'));
  const rss = await rig.rss();
  await rig.collect();
  const endpoints: PushCost[] = [];
  for (let step = 0; step < warmUp + endpointRounds; step += 1) endpoints.push(await rig.endpoints(step));
  const small = await rig.keep(join(folder, 'endpoints'));
  await rig.stop();
  const files = {
    full: whole.filter((file) => !file.endsWith('listener.bin')),
    endpoints: small.filter((file) => file.endsWith('endpoints.bin')),
  };
  return { first: rig.first, full, endpoints: endpoints.slice(warmUp), rss, files };
}

/**
 * The endpoints of one service in a mesh and in one of twice the size, in turn. The clients speak delta: in the state of
 * the world each answer has the names of all endpoints that a client wants, and so is as long as the mesh is large.
 */
async function measureGrowth(load: XdsLoad): Promise<Record<'small' | 'large', readonly PushCost[]>> {
  const [small, large] = [await startPilotRig(load), await startPilotRig({ ...load, services: 2 * load.services })];
  await Promise.all([small.collect(), large.collect()]);
  const costs: Record<'small' | 'large', PushCost[]> = { small: [], large: [] };
  for (let step = 0; step < warmUp + endpointRounds; step += 1) {
    costs.small.push(await small.endpoints(step));
    costs.large.push(await large.endpoints(step));
  }
  await Promise.all([small.stop(), large.stop()]);
  return { small: costs.small.slice(warmUp), large: costs.large.slice(warmUp) };
}

/** The same bytes to the same clients from a server that knows nothing. */
async function measureEcho(load: XdsLoad, files: PilotFigures['files']): Promise<Figures> {
  const rig = await startEchoRig(load);
  const [full, endpoints]: [PushCost[], PushCost[]] = [[], []];
  for (let step = 1; step <= fullRounds; step += 1) full.push(await rig.push(files.full));
  for (let step = 0; step < endpointRounds; step += 1) endpoints.push(await rig.push(files.endpoints));
  await rig.stop();
  return { full, endpoints };
}

const middle = (costs: readonly PushCost[], of: 'all' | 'cpu' | 'built'): number =>
  median(costs.map((cost) => cost[of] ?? NaN));

function timing(name: string, { ours, echo, of, goal }: Comparison): BenchResult {
  const [mine, other] = [middle(ours, of), echo === undefined ? undefined : middle(echo, of)];
  const unit = of === 'all' ? 'ms' : 'ms CPU';
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
  const load: XdsLoad = { flavour, services: 1000, clients };
  const ours = await measurePilot(load, join(folder, flavour));
  const echo = await measureEcho(load, ours.files);
  const growth = await measureGrowth({ ...load, clients: clients / 2, protocol: 'delta' });
  const named = (text: string): string => `${flavour}: ${text}`;
  const bytes = mebibytes(ours.full[0]!.bytes);
  return [
    timing(named('full push, built'), { ours: ours.full, of: 'built', goal: 1000 }),
    timing(named(`full push, with all ${clients} clients (${bytes})`), {
      ...{ ours: ours.full, echo: echo.full, of: 'all', goal: 3000 },
    }),
    timing(named('full push'), { ours: ours.full, echo: echo.full, of: 'cpu' }),
    timing(named(`${clients} clients at once, until all have everything`), { ours: [ours.first], of: 'all' }),
    timing(named('endpoints of one service, with all clients'), {
      ...{ ours: ours.endpoints, echo: echo.endpoints, of: 'all', goal: 60 },
    }),
    timing(named('endpoints of one service'), { ours: ours.endpoints, echo: echo.endpoints, of: 'cpu' }),
    compareSizes(named('the same over delta to 100 clients in a mesh of twice the size'), growth),
    {
      name: named('RSS; snapshots made for a full push'),
      ours: `${mebibytes(ours.rss)}; ${median(ours.full.map((cost) => cost.builds))}`,
      opponent: '',
      ratio: undefined,
      goal: '< 600 MB',
      met: ours.rss < 600e6,
    },
  ];
}

function compareSizes(name: string, { small, large }: Awaited<ReturnType<typeof measureGrowth>>): BenchResult {
  // Each change beside the one before it in the other mesh: both had the same machine.
  const ratio = median(large.map((cost, at) => cost.cpu / small[at]!.cpu));
  return {
    name,
    ours: `${middle(large, 'cpu').toFixed(1)} ms CPU, ${middle(large, 'all').toFixed(1)} ms`,
    opponent: `of 1,000 services ${middle(small, 'cpu').toFixed(1)} ms CPU`,
    ratio,
    goal: '<= 1.2',
    met: ratio <= 1.2,
  };
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
