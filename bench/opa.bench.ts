// Decisions of the opa adapter beside opa-wasm alone, which is given the input as an object that is there already.
import { readFileSync } from 'node:fs';
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import type { Instance } from 'fairlead/sdk';
import type { authorization } from 'fairlead/templates';
import opa from '../src/adapters/opa/index.js';
import { fakeCall, fakeEnv } from '../src/testing/fake-env.js';
import { decodeParams } from '../src/testing/params.js';
import { type BenchResult, median } from './result.js';

const file = new URL('../test/corpus/rego/users-verbs.wasm', import.meta.url);
const rounds = 15;
const warm = 5;
const passes = 40;
const limit = 6;
const call = fakeCall();

/** Requests of which half are allowed, with texts of their own as decoding a message gives them. */
function requests(): Instance<typeof authorization>[] {
  const fresh = (text: string): string => Buffer.from(text).toString('latin1');
  const bare = Object.create(null) as Readonly<Record<string, never>>;
  return Array.from({ length: 256 }, (_, index) => ({
    name: 'who',
    subject: { user: fresh('bucket-admins'), groups: undefined, properties: bare },
    action: {
      namespace: fresh('storage'),
      service: fresh('buckets.storage.svc.cluster.local'),
      method: fresh(index % 2 === 0 ? 'storage.buckets.get' : 'storage.buckets.put'),
      path: fresh(`/buckets/${index}`),
      properties: bare,
    },
  }));
}

/** Microseconds of CPU time per decision. */
function time(count: number, work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** Compares whole decisions with bare evaluations of the same policy. */
export async function run(): Promise<readonly BenchResult[]> {
  const bytes = readFileSync(file);
  const { config } = decodeParams(
    opa,
    `policyWasm: ${bytes.toString('base64')}\ncheckMethod: data.mixerauthz.allow\nfailClose: true`,
  );
  const env = fakeEnv();
  const handler = await opa.build({ name: 'bench', config, types: { authorization: new Map() }, env });
  const bare = await loadPolicy(bytes);
  const batch = requests();
  const inputs = batch.map(({ subject: { user }, action: { namespace, service, method, path } }) => ({
    action: { namespace, service, method, path },
    subject: { user },
  }));
  let denied = 0;
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds + warm; round++) {
    const our = time(passes * batch.length, () => {
      for (let pass = 0; pass < passes; pass++) {
        for (const one of batch) if ('status' in handler.handleAuthorization(one, call)) denied++;
      }
    });
    const their = time(passes * batch.length, () => {
      for (let pass = 0; pass < passes; pass++) for (const one of inputs) bare.evaluate(one);
    });
    // The first rounds are for the compiler.
    if (round < warm) continue;
    ours.push(our);
    theirs.push(their);
  }
  if (denied !== ((rounds + warm) * passes * batch.length) / 2) throw new Error('the policy does not decide');
  const show = (value: number): string => `${value.toFixed(2)} us`;
  const figure = median(ours);
  return [
    {
      name: 'opa decision, users and verbs (opa-wasm alone)',
      ours: show(figure),
      opponent: show(median(theirs)),
      ratio: median(ours.map((value, index) => value / theirs[index]!)),
      goal: `<= ${limit} us`,
      met: figure <= limit,
    },
  ];
}
