import { type CheckResult, type CheckResultWithOutput, rpcCode } from '../../sdk/index.js';
import { MixerError } from '../../util/errors.js';
import type { NamespaceRoutes, Step } from '../routing/table.js';
import type { Output } from './answers.js';
import { Calls } from './calls.js';
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
  const combination = new Combination(routes.headers.length > 0);
  // From the first answer that is not there yet on, all have to wait for their turn.
  let waiting: Calls<Answer> | undefined;
  const steps = routes.steps.CHECK;
  let matched = 0;
  let built = 0;
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at]!;
    if (!evaluation.matches(step, bag)) continue;
    matched++;
    const target = targets[step.destination.index]!;
    const { builders } = step;
    for (let next = 0; next < builders.length; next++) {
      const builder = builders[next]!;
      const instance = evaluation.build(builder, bag);
      if (typeof instance === 'string') {
        combination.addUnbuilt(instance);
        continue;
      }
      built++;
      const answer = target.call(instance) as Outcome<Answer> | Promise<Outcome<Answer>>;
      if (waiting === undefined && !(answer instanceof Promise)) combination.add(step, answer);
      else (waiting ??= new Calls()).add(step, builder, answer);
    }
  }
  engine.countSizes(matched, built);
  const started = { engine, bag, routes, combination };
  return waiting === undefined ? finish(started) : finishLater(started, waiting);
}

/** Checks that have been dispatched. */
interface Started {
  readonly engine: Engine;
  readonly bag: RequestBag;
  readonly routes: NamespaceRoutes;
  readonly combination: Combination;
}

function finishLater(started: Started, waiting: Calls<Answer>): CombinedCheck | Promise<CombinedCheck> {
  return waiting.settle((ended) => {
    for (const { step, answer } of ended) started.combination.add(step, answer);
    return finish(started);
  });
}

interface Laid {
  readonly outputs: NonNullable<Step['outputs']>;
  readonly output: Output;
}

/** What the checks of one request came to, as their answers are added in the order of the steps. */
class Combination {
  readonly combined = new CombinedCheck();
  #unbuilt: string[] | undefined;
  #failures: string[] | undefined;
  /** What checks put out, if there are header operations that may read it. */
  #laid: Laid[] | undefined;

  constructor(private readonly keepsOutputs: boolean) {}

  addUnbuilt(message: string): void {
    (this.#unbuilt ??= []).push(message);
  }

  add(step: Step, answer: Outcome<Answer>): void {
    if (answer instanceof MixerError) {
      (this.#failures ??= []).push(answer.rawMessage);
      return;
    }
    const { handler, template } = step.destination;
    if (template.variety !== 'CHECK_WITH_OUTPUT' || !('result' in answer)) {
      this.combined.add(handler.name, answer as CheckResult);
      return;
    }
    this.combined.add(handler.name, answer.result);
    if (!this.keepsOutputs || step.outputs === undefined) return;
    (this.#laid ??= []).push({ outputs: step.outputs, output: answer.output });
  }

  /** All that went wrong: instances first, then handlers. */
  failures(): readonly string[] {
    return this.#unbuilt === undefined ? (this.#failures ?? none) : [...this.#unbuilt, ...(this.#failures ?? none)];
  }

  /** Lets header operations read what checks put out. From the last to the first: the first to write a slot wins. */
  layOutputs(bag: RequestBag): void {
    for (const { outputs, output } of this.#laid?.reverse() ?? []) {
      for (const [field, slot] of outputs) {
        const value = output[field];
        if (value !== undefined) bag.overlay(slot, value);
      }
    }
  }
}

const none: readonly string[] = [];

function finish({ engine, bag, routes, combination }: Started): CombinedCheck {
  const failures = combination.failures();
  if (failures.length > 0) throw joinedError('DISPATCH_FAILED', 'performing check operation failed', failures);
  const { combined } = combination;
  combined.finish();
  if (routes.headers.length > 0 && combined.status.code === rpcCode.OK) {
    combination.layOutputs(bag);
    addHeaderOperations(combined, { bag, evaluation: engine.evaluation, routes });
  }
  return combined;
}
