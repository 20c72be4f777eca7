import type { Duration, References, Value } from '../attributes/index.js';
import type {
  AttributeSet,
  CallStatus,
  CheckAnswer,
  Directive,
  PreconditionAnswer,
  QuotaAnswer,
  QuotaAsk,
  Transport,
} from './transport.js';

/** What an engine in the same process decides about one quota. */
interface EngineQuota {
  readonly name: string;
  readonly grantedAmount: bigint;
  readonly validDuration: Duration;
  readonly status: CallStatus;
  readonly references: References;
}

/** What it decides about a request. */
interface EngineDecision {
  readonly status: CallStatus;
  readonly validDuration: Duration;
  readonly validUseCount: number;
  readonly references: References;
  readonly directive: Directive | undefined;
  readonly quotas: readonly EngineQuota[];
}

/** The part of an embedded Mixer, such as `createMixer` gives, that requests go to. */
export interface Engine {
  check(
    attributes: Iterable<readonly [string, Value]>,
    options: { readonly quotas: readonly QuotaAsk[]; readonly deduplicationId: string },
  ): Promise<EngineDecision>;
  report(sets: readonly AttributeSet[]): Promise<void>;
}

/**
 * Hands calls to a Mixer in the same process: no server, no encoding. The engine is the caller's to close. It bounds its
 * adapters itself, so a call runs on when nobody waits for it any more.
 */
export function createEmbeddedTransport(engine: Engine): Transport {
  return {
    async check({ attributes, quotas, deduplicationId }) {
      return toAnswer(await engine.check(attributes, { quotas, deduplicationId }));
    },
    report: (sets) => engine.report(sets),
    close: () => undefined,
  };
}

function toAnswer(decision: EngineDecision): CheckAnswer {
  const precondition: PreconditionAnswer = {
    status: decision.status,
    validMillis: decision.validDuration.toMillis(),
    validUseCount: decision.validUseCount,
    dependencies: decision.references.list(),
    directive: decision.directive,
  };
  return { precondition, quotas: new Map(decision.quotas.map((quota) => [quota.name, toQuota(quota)])) };
}

function toQuota({ grantedAmount, validDuration, status, references }: EngineQuota): QuotaAnswer {
  return { grantedAmount, validMillis: validDuration.toMillis(), status, dependencies: references.list() };
}
