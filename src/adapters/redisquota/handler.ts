import { Duration, type Env, type Handler, type Instance, type InstanceTypes, type QuotaArgs } from 'fairlead/sdk';
import type { QuotaResult } from 'fairlead/sdk';
import type { quota } from 'fairlead/templates';
import { createClient } from './client.js';
import type { RedisquotaConfig } from './config.js';
import { Decider } from './decider.js';
import { Denials } from './denials.js';
import { createFailureAnswer, type Question, toResult } from './failure-answer.js';
import { createKeyMaker, type Keys, type MakeKeys } from './key.js';
import type { Ask } from './lane.js';
import { type ChooseLimit, createChooser, type Limit, mostCounted } from './limits.js';
import { Link } from './link.js';
import { type Failure, isFailure } from './outcome.js';

interface Quota {
  readonly chooseLimit: ChooseLimit;
  readonly makeKeys: MakeKeys;
}

type Input = { readonly config: RedisquotaConfig; readonly types: InstanceTypes<typeof quota>; readonly env: Env };

/** So long after its last failure Redis counts as back. */
const calmMillis = 1000;

const unknown: QuotaResult = Object.freeze({ amount: 0n, validDuration: Duration.zero });

/** Counts in Redis, one script call a decision or less (adapters.md 2.4). Does not wait for the connection. */
export function createHandler({ config, types, env }: Input): Handler<typeof quota> {
  const quotas = createQuotas(config, types);
  const link = new Link(createClient(config), env);
  const { countCall, countDenial, note } = createWatch(config, env);
  const decider = new Decider({
    link,
    onCall: countCall,
    schedule: env.schedule,
    timeoutMillis: config.timeout.toMillis(),
    shares: config.mode !== 'CLUSTER',
  });
  const denials = new Denials(env.clock);
  const answerFailure = createFailureAnswer(config, env.clock);

  const decide = async (question: Question, ask: Ask): Promise<QuotaResult> => {
    const since = env.clock.now();
    const outcome = await decider.decide(ask);
    note(isFailure(outcome) ? outcome : undefined);
    if (isFailure(outcome)) return answerFailure(question, outcome);
    if (env.log.debugEnabled) env.log.debug('redis decided', { key: question.key, ...outcome });
    const { key, amount, answerKey } = question;
    if (outcome.granted > 0) {
      if (answerKey !== undefined) denials.addGrant(answerKey);
    } else if (amount > 0) {
      denials.add(key, question.bestEffort ? 1 : amount, { since, micros: outcome.denied });
    }
    return toResult(outcome);
  };

  link.open();
  return {
    handleQuota(instance: Instance<typeof quota>, args: QuotaArgs): QuotaResult | Promise<QuotaResult> {
      const entry = quotas.get(instance.name);
      if (entry === undefined) return unknown;
      const limit = entry.chooseLimit(instance.dimensions);
      const keys = entry.makeKeys(instance.dimensions, limit.keyPart);
      const question = createQuestion(limit, keys, args);
      const { key, amount, bestEffort, answerKey } = question;
      if (amount > 0 && denials.covers(key, bestEffort ? 1 : amount, answerKey)) {
        countDenial();
        return toResult({ granted: 0, valid: 0 });
      }
      return decide(question, createAsk(question, keys));
    },
    async close(): Promise<void> {
      decider.close();
      // A server that stands still does not say goodbye.
      const cancel = env.schedule.after(config.timeout.toMillis(), () => link.cut());
      await link.close();
      cancel();
    },
  };
}

function createQuotas(config: RedisquotaConfig, types: InstanceTypes<typeof quota>): ReadonlyMap<string, Quota> {
  // The last of several limits for one name counts.
  const limits = new Map(config.quotas.map((limit) => [limit.name, limit]));
  const quotas = new Map<string, Quota>();
  for (const [name, type] of types.quota) {
    const limit = limits.get(name);
    if (limit === undefined) throw new Error(`did not find limit defined for quota ${name}`);
    quotas.set(name, {
      chooseLimit: createChooser(limit),
      makeKeys: createKeyMaker(name, Object.keys(type.dimensions)),
    });
  }
  return quotas;
}

function createQuestion(limit: Limit, keys: Keys, args: QuotaArgs): Question {
  const { deduplicationId, bestEffort } = args;
  // More than any limit is as good as just above it, and nothing is as good as less than that.
  const amount = Math.min(Math.max(Number(args.amount), 0), mostCounted + 1);
  const answerKey = deduplicationId === '' ? undefined : keys.answer(deduplicationId);
  return { limit, key: keys.state, answerKey, amount, bestEffort };
}

function createAsk({ limit, key, answerKey, amount, bestEffort }: Question, { buckets }: Keys): Ask {
  const keys = limit.isRolling ? [key, buckets] : [key];
  if (answerKey !== undefined) keys.push(answerKey);
  const flags = (bestEffort ? 1 : 0) + (answerKey === undefined ? 0 : 2);
  return { keys, args: [limit.text, String(amount), String(flags)] };
}

/** What operators see: counters, which mode is in force, and a line when that changes. */
function createWatch(config: RedisquotaConfig, { metrics, log, clock }: Env) {
  const calls = metrics.counter('redis_calls_total', 'Calls of the script; several decisions may share one.');
  const failures = metrics.counter('redis_failures_total', 'Decisions that Redis did not make, by reason.');
  const localDenials = metrics.counter('local_denials_total', 'Denials repeated without asking Redis.');
  const inForce = metrics.gauge('failure_mode', 'Whether the failure mode answers instead of Redis.');
  const labels = { mode: config.failureMode };
  inForce.set(0, labels);
  let failing = false;
  let failedAt = 0;
  return {
    countCall: () => calls.add(),
    countDenial: () => localDenials.add(),
    note: (failure: Failure | undefined): void => {
      if (failure !== undefined) {
        failures.add(1, { reason: failure.reason });
        failedAt = clock.now();
      }
      if ((failure !== undefined) === failing) return;
      // With one of several nodes away every other decision fails: that is one change, and one line.
      if (failure === undefined && Math.abs(clock.now() - failedAt) < calmMillis) return;
      failing = !failing;
      inForce.set(failing ? 1 : 0, labels);
      if (failure === undefined) log.info('redis decides again');
      else log.warn('failed to run quota script, the failure mode answers', { ...labels, ...failure });
    },
  };
}
