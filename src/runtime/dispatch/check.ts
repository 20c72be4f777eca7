import { type CheckResult, type CheckResultWithOutput, rpcCode } from '../../sdk/index.js';
import type { NamespaceRoutes, Step } from '../routing/table.js';
import type { Output } from './answers.js';
import { Calls, failuresOf } from './calls.js';
import { CombinedCheck } from './combine-checks.js';
import type { Engine } from './engine.js';
import { joinedError } from './failures.js';
import { addHeaderOperations } from './header-operations.js';
import type { RequestBag } from './request-bag.js';
import type { Outcome } from './safe-call.js';

type Answer = CheckResult | CheckResultWithOutput<Output>;

/**
 * Dispatches the checks of a request and combines their answers in the order of the steps, whatever the order in which
 * they come. Throws or rejects with MixerError DISPATCH_FAILED when an instance could not be built or a handler failed.
 */
export function runChecks(
  engine: Engine,
  bag: RequestBag,
  routes: NamespaceRoutes,
): CombinedCheck | Promise<CombinedCheck> {
  const { evaluation, targets } = engine;
  const calls = new Calls<Answer>();
  const unbuilt: string[] = [];
  const steps = routes.steps.CHECK;
  let matched = 0;
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at]!;
    if (!evaluation.matches(step, bag)) continue;
    matched++;
    const target = targets[step.destination.index]!;
    const { builders } = step;
    for (let next = 0; next < builders.length; next++) {
      const builder = builders[next]!;
      const instance = evaluation.build(builder, bag);
      if (typeof instance === 'string') unbuilt.push(instance);
      else calls.add(step, builder, target.call(instance) as Outcome<Answer> | Promise<Outcome<Answer>>);
    }
  }
  engine.countSizes(matched, calls.length);
  return calls.settle((answers) => combine({ engine, bag, routes, calls, answers, unbuilt }));
}

interface Ended {
  readonly engine: Engine;
  readonly bag: RequestBag;
  readonly routes: NamespaceRoutes;
  readonly calls: Calls<Answer>;
  readonly answers: readonly Outcome<Answer>[];
  readonly unbuilt: readonly string[];
}

function combine({ engine, bag, routes, calls, answers, unbuilt }: Ended): CombinedCheck {
  const failures = failuresOf(answers);
  if (failures.length + unbuilt.length > 0) {
    throw joinedError('DISPATCH_FAILED', 'performing check operation failed', [...unbuilt, ...failures]);
  }
  const combined = new CombinedCheck();
  for (let at = 0; at < answers.length; at++) {
    const step = calls.steps[at]!;
    const answer = answers[at] as Answer;
    combined.add(step.destination.handler.name, hasOutput(step, answer) ? answer.result : answer);
  }
  if (routes.headers.length > 0 && combined.status.code === rpcCode.OK) {
    layOutputs(bag, calls.steps, answers as readonly Answer[]);
    addHeaderOperations(combined, { bag, evaluation: engine.evaluation, routes });
  }
  return combined;
}

function hasOutput(step: Step, answer: Answer): answer is CheckResultWithOutput<Output> {
  return step.destination.template.variety === 'CHECK_WITH_OUTPUT' && 'result' in answer;
}

/** Lets header operations read what checks put out. From the last to the first: the first to write a slot wins. */
function layOutputs(bag: RequestBag, steps: readonly Step[], answers: readonly Answer[]): void {
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at]!;
    const answer = answers[at]!;
    if (step.outputs === undefined || !hasOutput(step, answer)) continue;
    for (const [field, slot] of step.outputs) {
      const value = answer.output[field];
      if (value !== undefined) bag.overlay(slot, value);
    }
  }
}
