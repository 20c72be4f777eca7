// A Check in process, bytes in and bytes out: ours beside the same snapshot on the bag that one would write first.
import listchecker from '../src/adapters/listchecker/index.js';
import memquota from '../src/adapters/memquota/index.js';
import { parseResources } from '../src/config/index.js';
import { CheckRequest } from '../src/gen/istio/mixer/v1/check.js';
import { encodeCheckResponse } from '../src/mixer/api/index.js';
import { createMixerService } from '../src/mixer/service.js';
import { type CheckDecision, createHost, Runtime } from '../src/runtime/index.js';
import { templates } from '../src/templates/index.js';
import { type BenchResult, median } from './result.js';
import { checkConfig, quotaConfig } from './support/configs.js';
import { MapBag } from './support/map-bag.js';
import { checkPayload } from './support/workloads.js';

const ROUNDS = 15;
const WARM = 3;
const CALLS = 10_000;

type Answer = (request: Buffer) => Uint8Array;

const silent = (): void => undefined;
const log = { debugEnabled: false, debug: silent, info: silent, warn: silent, error: silent };

async function start(config: string): Promise<Runtime> {
  // Time stands still for adapters: how long a quota holds would be another figure in each answer.
  const host = createHost({ log, clock: { now: () => 1_790_000_000_000 } });
  const runtime = new Runtime({ adapters: [listchecker, memquota], templates, host });
  const { resources } = parseResources(config, { file: 'bench.yaml', defaultNamespace: 'istio-system' });
  const { diagnostics } = await runtime.load(resources);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return runtime;
}

/** The service as it is. */
function ours(runtime: Runtime): Answer {
  const check = createMixerService(runtime).methods.get('/istio.mixer.v1.Mixer/Check')!;
  return (request) => atOnce(check(request));
}

/** The generated codec for the request, and Maps by name for attributes and references; the rest is ours. */
function withMaps(runtime: Runtime): Answer {
  return (request) => {
    const { attributes, globalWordCount, deduplicationId, quotas } = CheckRequest.decode(request);
    const lease = runtime.acquire();
    const bag = new MapBag(lease.vocabulary, attributes!);
    const asked = Object.entries(quotas).map(([name, quota]) => ({ name, ...quota }));
    const decision: CheckDecision = atOnce(lease.check(bag, { deduplicationId, quotas: asked }));
    lease.release();
    return encodeCheckResponse(decision, globalWordCount);
  };
}

function atOnce<T>(answer: T | Promise<T>): T {
  if (answer instanceof Promise) throw new Error('the adapters of this benchmark answer at once');
  return answer;
}

/** Nanoseconds of process CPU time per call. */
function measure(answer: Answer, request: Buffer): number {
  const before = process.cpuUsage();
  for (let call = 0; call < CALLS; call++) answer(request);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / CALLS;
}

async function compare(
  name: string,
  { config, message }: { readonly config: string; readonly message: Uint8Array },
): Promise<BenchResult> {
  const runtime = await start(config);
  const request = Buffer.from(message);
  const [our, their] = [ours(runtime), withMaps(runtime)];
  if (!Buffer.from(our(request)).equals(their(request))) throw new Error('the two answers differ');
  const samples: { readonly ours: number; readonly opponent: number }[] = [];
  for (let round = 0; round < ROUNDS + WARM; round++) {
    const sample = { ours: measure(our, request), opponent: measure(their, request) };
    if (round >= WARM) samples.push(sample);
  }
  await runtime.close();
  const ratio = median(samples.map((sample) => sample.ours / sample.opponent));
  return {
    name,
    ours: `${median(samples.map((sample) => sample.ours)).toFixed(0)} ns CPU`,
    opponent: `ts-proto and Maps ${median(samples.map((sample) => sample.opponent)).toFixed(0)} ns CPU`,
    ratio,
    goal: '<= 0.25',
    met: ratio <= 0.25,
  };
}

/** Check and Check with a quota without the network. */
export const run = async (): Promise<readonly BenchResult[]> => [
  await compare('dispatch a Check, bytes to bytes', { config: checkConfig, message: checkPayload() }),
  await compare('dispatch a Check and memquota', { config: quotaConfig, message: checkPayload('requestcount') }),
];
