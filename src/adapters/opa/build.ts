import type { BuildInput, Env, Handler } from 'fairlead/sdk';
import type { authorization } from 'fairlead/templates';
import type { OpaConfig } from './config.js';
import type { Evaluator } from './evaluator.js';
import { createHandler } from './handler.js';
import { PolicyError, textOf } from './policy-error.js';
import { prepareEvaluator } from './prepare.js';
import { findProblems } from './problems.js';

/** Shorter than the host waits for a build: a handler that fails closed has to be there, or its rules are skipped. */
const patienceMs = 3_000;
const retryMs = 30_000;

type Input = Pick<BuildInput<OpaConfig, typeof authorization>, 'config' | 'env'>;

/**
 * Builds a handler. Without `failClose` one that cannot be built is the host's to report; with it there always is one,
 * which denies until it has a policy, and tries again where that may help.
 */
export async function buildHandler({ config, env }: Input): Promise<Handler<typeof authorization>> {
  if (!config.failClose) {
    return createHandler({ config, env, policy: { evaluator: await prepareEvaluator(config, env.clock) } });
  }
  const policy: { evaluator: Evaluator | undefined } = { evaluator: undefined };
  const problems = findProblems(config);
  for (const { path, message } of problems) denyAll(env, `${path}: ${message}`);
  if (problems.length === 0) await patiently(env, prepareOrRetry({ config, env }, policy));
  return createHandler({ config, env, policy });
}

async function prepareOrRetry({ config, env }: Input, policy: { evaluator: Evaluator | undefined }): Promise<void> {
  try {
    policy.evaluator = await prepareEvaluator(config, env.clock);
  } catch (cause) {
    if (env.signal.aborted) return;
    denyAll(env, textOf(cause));
    if (cause instanceof PolicyError && !cause.passing) return;
    env.schedule.after(retryMs, () => prepareOrRetry({ config, env }, policy));
  }
}

function denyAll(env: Env, error: string): void {
  env.log.error('there is no policy to ask, every request is denied', { error });
}

/** Waits for work that goes on by itself when it takes too long. */
async function patiently(env: Env, work: Promise<void>): Promise<void> {
  const { promise, resolve } = withResolver();
  const cancel = env.schedule.after(patienceMs, resolve);
  await Promise.race([work, promise]);
  cancel();
}

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
