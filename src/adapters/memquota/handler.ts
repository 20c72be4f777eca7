import {
  Duration,
  type Env,
  type Handler,
  type Instance,
  type InstanceTypes,
  type QuotaArgs,
  type QuotaResult,
} from 'fairlead/sdk';
import type { quota } from 'fairlead/templates';
import { Cells } from './cells.js';
import type { MemquotaConfig } from './config.js';
import type { Answer } from './answers.js';
import { DedupCache } from './dedup.js';
import { createKeyMaker, type MakeKey } from './key.js';
import { type ChooseLimit, createChooser } from './limits.js';
import { durationOf, microsOf, SteadyClock } from './steady-clock.js';

const sweepMillis = 1000;
const nothing: QuotaResult = Object.freeze({ amount: 0n, validDuration: Duration.zero });

/** One quota instance: how its requests find limit and cell, and its cells. */
interface Quota {
  readonly chooseLimit: ChooseLimit;
  readonly makeKey: MakeKey;
  readonly cells: Cells;
}

type Input = { readonly config: MemquotaConfig; readonly types: InstanceTypes<typeof quota>; readonly env: Env };

/** Counts in this process's memory, deduplicated (adapters.md 2.3). */
export function createHandler({ config, types, env }: Input): Handler<typeof quota> {
  const quotas = createQuotas(config, types);
  const dedup = new DedupCache();
  const clock = new SteadyClock(env.clock);
  const { schedule } = env;
  const cancels = [
    schedule.every(config.minDeduplicationDuration.toMillis(), () => dedup.rotate()),
    schedule.every(sweepMillis, () => {
      const now = clock.now();
      for (const { cells } of quotas.values()) cells.sweep(now);
    }),
  ];
  return {
    handleQuota(instance: Instance<typeof quota>, args: QuotaArgs): QuotaResult {
      const { amount, deduplicationId } = args;
      if (amount === 0n) return nothing;
      const known = dedup.get(deduplicationId);
      if (known !== undefined) return repeat(known, clock.now());
      const entry = quotas.get(instance.name);
      if (entry === undefined) throw new Error(missingLimit(instance.name));
      const now = clock.now();
      const result = amount > 0n ? allocate(entry, instance, { args, now }) : release(entry, instance, { args, now });
      const valid = result.validDuration ?? Duration.zero;
      dedup.add(deduplicationId, { amount: result.amount, expires: now + microsOf(valid) });
      return result;
    },
    close(): void {
      for (const cancel of cancels) cancel();
    },
  };
}

function createQuotas(config: MemquotaConfig, types: InstanceTypes<typeof quota>): ReadonlyMap<string, Quota> {
  // The last of several limits for one name counts.
  const limits = new Map(config.quotas.map((limit) => [limit.name, limit]));
  const quotas = new Map<string, Quota>();
  for (const [name, type] of types.quota) {
    const limit = limits.get(name);
    if (limit === undefined) throw new Error(missingLimit(name));
    quotas.set(name, {
      chooseLimit: createChooser(limit),
      makeKey: createKeyMaker(Object.keys(type.dimensions)),
      cells: new Cells(),
    });
  }
  return quotas;
}

function missingLimit(name: string): string {
  return `did not find limit defined for quota ${name}`;
}

type Call = { readonly args: QuotaArgs; readonly now: number };

function allocate(entry: Quota, { dimensions }: Instance<typeof quota>, { args, now }: Call): QuotaResult {
  const { amount, bestEffort } = args;
  const cell = entry.cells.open(entry.makeKey(dimensions), entry.chooseLimit(dimensions));
  const taken = cell.take(amount, now, bestEffort);
  const refused = taken < amount && !bestEffort;
  return refused ? nothing : { amount: taken, validDuration: cell.validity(now) };
}

function release(entry: Quota, { dimensions }: Instance<typeof quota>, { args, now }: Call): QuotaResult {
  const key = entry.makeKey(dimensions);
  const given = entry.cells.get(key)?.give(-args.amount, now);
  if (given === undefined) return nothing;
  entry.cells.dropUnused(key, now);
  return { amount: given, validDuration: Duration.zero };
}

function repeat({ amount, expires }: Answer, now: number): QuotaResult {
  return { amount, validDuration: expires > now ? durationOf(expires - now) : Duration.zero };
}
