import { Duration, type References } from '../../attributes/index.js';
import { type QuotaArgs, type QuotaResult, rpcCode, type Status } from '../../sdk/index.js';
import type { QuotaDecision, QuotaRequest } from '../decision.js';
import type { NamespaceRoutes, Step } from '../routing/table.js';
import { allOf, Calls, failuresOf } from './calls.js';
import { defaultValidDuration, okStatus } from './combine-checks.js';
import type { Engine } from './engine.js';
import { joinFailures } from './failures.js';
import type { RequestBag } from './request-bag.js';
import type { Outcome } from './safe-call.js';

/** What a Check asks for besides its attributes. */
export interface CheckRequest {
  readonly quotas: readonly QuotaRequest[];
  readonly deduplicationId: string;
}

/** What {@link runQuotas} works on. */
export interface QuotaOptions {
  readonly bag: RequestBag;
  readonly request: CheckRequest;
  readonly routes: NamespaceRoutes;
  /** What had been read before any check was dispatched: every quota's references start from it. */
  readonly saved: unknown;
}

/**
 * Dispatches the quotas of a request whose precondition holds, in the order of their names (mixer-core.md 6.5). Never
 * fails: a quota that could not be asked for is answered with nothing granted, OK and no duration.
 */
export function runQuotas(
  engine: Engine,
  options: QuotaOptions,
): readonly QuotaDecision[] | Promise<readonly QuotaDecision[]> {
  const { bag, request, saved } = options;
  const quotas = request.quotas.length > 1 ? [...request.quotas].sort(byName) : request.quotas;
  const decisions: (QuotaDecision | Promise<QuotaDecision>)[] = [];
  let pending = false;
  for (const quota of quotas) {
    bag.restoreReferences(saved);
    const decision = runQuota(engine, quota, options);
    if (decision instanceof Promise) pending = true;
    decisions.push(decision);
  }
  // Safe: without a pending decision, none of them is a promise.
  return pending ? allOf(decisions) : (decisions as QuotaDecision[]);
}

function byName(a: QuotaRequest, b: QuotaRequest): number {
  return a.name < b.name ? -1 : 1;
}

function runQuota(
  engine: Engine,
  quota: QuotaRequest,
  { bag, request, routes }: QuotaOptions,
): QuotaDecision | Promise<QuotaDecision> {
  const { evaluation, targets } = engine;
  const wanted = quota.name.toLowerCase();
  const args: QuotaArgs = {
    deduplicationId: request.deduplicationId + quota.name,
    amount: quota.amount,
    bestEffort: quota.bestEffort,
  };
  const calls = new Calls<QuotaResult>();
  const unbuilt: string[] = [];
  let configured = false;
  let matched = 0;
  for (const step of routes.steps.QUOTA) {
    // Evaluated before the name is compared, as Mixer does it: a client sees in the references that it was read.
    const matches = evaluation.matches(step, bag);
    if (matches) matched++;
    for (const builder of step.builders) {
      if (builder.quotaName !== wanted) continue;
      configured = true;
      if (!matches) continue;
      const instance = evaluation.build(builder, bag);
      if (typeof instance === 'string') unbuilt.push(instance);
      else {
        const target = targets[step.destination.index]!;
        calls.add(step, builder, target.call(instance, args) as Outcome<QuotaResult>);
      }
    }
  }
  engine.countSizes(matched, calls.length);
  if (!configured) warnUnconfigured(engine, quota.name);
  const references = bag.captureReferences();
  return calls.settle((answers) => decide(engine, { quota, references, steps: calls.steps, answers, unbuilt }));
}

interface Ended {
  readonly quota: QuotaRequest;
  readonly references: References;
  readonly steps: readonly Step[];
  readonly answers: readonly Outcome<QuotaResult>[];
  readonly unbuilt: readonly string[];
}

function decide(engine: Engine, { quota, references, steps, answers, unbuilt }: Ended): QuotaDecision {
  const { name } = quota;
  const failures = [...unbuilt, ...failuresOf(answers)];
  if (failures.length > 0) {
    warn(engine, 'quota could not be asked for', { quota: name, error: joinFailures(failures) });
    return { name, grantedAmount: 0n, validDuration: Duration.zero, status: okStatus, references };
  }
  if (answers.length === 0) {
    // Neither a rule that does not match nor a name that nobody knows holds a request back.
    const validDuration = defaultValidDuration;
    return { name, grantedAmount: quota.amount, validDuration, status: okStatus, references };
  }
  // Without a failure, every outcome is a result.
  const results = answers as readonly QuotaResult[];
  const chosen = choose(engine, name, results);
  return {
    name,
    grantedAmount: chosen.amount,
    validDuration: chosen.validDuration ?? Duration.zero,
    status: joinStatus(steps, results) ?? chosen.status ?? okStatus,
    references,
  };
}

/** The first result that says anything. All handlers have been asked and may have charged the caller, as with Mixer. */
function choose(engine: Engine, quota: string, results: readonly QuotaResult[]): QuotaResult {
  const at = results.findIndex((result) => !isDefault(result));
  if (at >= 0 && at < results.length - 1) {
    warn(engine, 'quota answered by more than one handler: later answers dropped', { quota });
  }
  return results[at < 0 ? results.length - 1 : at]!;
}

function isDefault({ status, amount, validDuration }: QuotaResult): boolean {
  return (
    amount === 0n &&
    (status === undefined || status.code === rpcCode.OK) &&
    (validDuration === undefined || (validDuration.seconds === 0 && validDuration.nanos === 0))
  );
}

/** Code of the first failure, messages of all, each with its handler's name; undefined when none failed. */
function joinStatus(steps: readonly Step[], results: readonly QuotaResult[]): Status | undefined {
  let code: number | undefined;
  let message = '';
  results.forEach(({ status }, at) => {
    if (status === undefined || status.code === rpcCode.OK) return;
    message += `${code === undefined ? '' : ', '}${steps[at]!.destination.handler.name}:${status.message}`;
    code ??= status.code;
  });
  return code === undefined ? undefined : { code, message };
}

function warnUnconfigured(engine: Engine, quota: string): void {
  warn(engine, 'requested quota is not configured', { quota });
}

function warn(engine: Engine, message: string, fields: Readonly<Record<string, unknown>>): void {
  const suppressed = engine.quotaLog.permit();
  if (suppressed !== undefined) engine.host.log.warn(message, { ...fields, suppressed });
}
