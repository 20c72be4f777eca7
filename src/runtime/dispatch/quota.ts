import { Duration, type References } from '../../attributes/index.js';
import { type QuotaArgs, type QuotaResult, rpcCode, type Status } from '../../sdk/index.js';
import { MixerError } from '../../util/errors.js';
import type { QuotaDecision, QuotaRequest } from '../decision.js';
import type { NamespaceRoutes, Step } from '../routing/table.js';
import { allOf, Calls, type Ended } from './calls.js';
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
  const failures: string[] = [];
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
      if (typeof instance === 'string') failures.push(instance);
      else {
        const target = targets[step.destination.index]!;
        calls.add(step, builder, target.call(instance, args) as Outcome<QuotaResult>);
      }
    }
  }
  engine.countSizes(matched, calls.length);
  if (!configured) warnUnconfigured(engine, quota.name);
  const references = bag.captureReferences();
  return calls.settle((ended) => decide(engine, ended, { quota, references, failures }));
}

interface Asked {
  readonly quota: QuotaRequest;
  readonly references: References;
  /** Why instances could not be built. */
  readonly failures: string[];
}

/** A call that did not fail. */
interface Answered {
  readonly step: Step;
  readonly answer: QuotaResult;
}

function decide(
  engine: Engine,
  calls: readonly Ended<QuotaResult>[],
  { quota, references, failures }: Asked,
): QuotaDecision {
  const { name } = quota;
  for (const { answer } of calls) if (answer instanceof MixerError) failures.push(answer.rawMessage);
  if (failures.length > 0) {
    warn(engine, 'quota could not be asked for', { quota: name, error: joinFailures(failures) });
    return { name, grantedAmount: 0n, validDuration: Duration.zero, status: okStatus, references };
  }
  if (calls.length === 0) {
    // Neither a rule that does not match nor a name that nobody knows holds a request back.
    const validDuration = defaultValidDuration;
    return { name, grantedAmount: quota.amount, validDuration, status: okStatus, references };
  }
  // Without a failure, every outcome is a result.
  const answered = calls as readonly Answered[];
  const chosen = choose(engine, name, answered);
  return {
    name,
    grantedAmount: chosen.amount,
    validDuration: chosen.validDuration ?? Duration.zero,
    status: joinStatus(answered) ?? chosen.status ?? okStatus,
    references,
  };
}

/** The first result that says anything. All handlers have been asked and may have charged the caller, as with Mixer. */
function choose(engine: Engine, quota: string, answered: readonly Answered[]): QuotaResult {
  const at = answered.findIndex(({ answer }) => !isDefault(answer));
  if (at >= 0 && at < answered.length - 1) {
    warn(engine, 'quota answered by more than one handler: later answers dropped', { quota });
  }
  return answered[at < 0 ? answered.length - 1 : at]!.answer;
}

function isDefault({ status, amount, validDuration }: QuotaResult): boolean {
  return (
    amount === 0n &&
    (status === undefined || status.code === rpcCode.OK) &&
    (validDuration === undefined || (validDuration.seconds === 0 && validDuration.nanos === 0))
  );
}

/** Code of the first failure, messages of all, each with its handler's name; undefined when none failed. */
function joinStatus(answered: readonly Answered[]): Status | undefined {
  let code: number | undefined;
  let message = '';
  for (const { step, answer } of answered) {
    const { status } = answer;
    if (status === undefined || status.code === rpcCode.OK) continue;
    message += `${code === undefined ? '' : ', '}${step.destination.handler.name}:${status.message}`;
    code ??= status.code;
  }
  return code === undefined ? undefined : { code, message };
}

function warnUnconfigured(engine: Engine, quota: string): void {
  warn(engine, 'requested quota is not configured', { quota });
}

function warn(engine: Engine, message: string, fields: Readonly<Record<string, unknown>>): void {
  const suppressed = engine.quotaLog.permit();
  if (suppressed !== undefined) engine.host.log.warn(message, { ...fields, suppressed });
}
