import type { CheckResult, Env, Handler, Instance } from 'fairlead/sdk';
import type { authorization } from 'fairlead/templates';
import type { OpaConfig } from './config.js';
import { answerTo, denied, type Verdict, verdictOf } from './decision.js';
import { createDecisionLog } from './decision-log.js';
import type { Evaluator } from './evaluator.js';
import { inputJson } from './input.js';
import { textOf } from './policy-error.js';

type Input = {
  readonly config: OpaConfig;
  readonly env: Env;
  /** The policy to ask; undefined as long as there is none, which denies every request. */
  readonly policy: { readonly evaluator: Evaluator | undefined };
};

/** Asks the policy about each request. */
export function createHandler({ config, env, policy }: Input): Handler<typeof authorization> {
  const { failClose } = config;
  const logDecision = createDecisionLog(config.decisionLog, env);
  const undecided = env.metrics.counter(
    'undecided',
    'Requests that the policy did not decide, by what it gave instead.',
  );

  return {
    handleAuthorization(instance: Instance<typeof authorization>): CheckResult {
      const { evaluator } = policy;
      if (evaluator === undefined) return denied;
      const start = logDecision === undefined ? 0 : env.clock.now();
      let input = '';
      let error = '';
      let verdict: Verdict;
      try {
        input = inputJson(instance);
        verdict = verdictOf(evaluator.evaluate(input));
      } catch (cause) {
        // Policies fail by design (conflicts, built-in functions): an outcome, not a failure of this handler.
        error = textOf(cause);
        verdict = 'error';
      }
      if (verdict !== 'allow' && verdict !== 'deny') undecided.add(1, { outcome: verdict });
      logDecision?.({ instance: instance.name, input, verdict, error, start });
      return answerTo(verdict, failClose, error);
    },
  };
}
