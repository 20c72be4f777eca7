import { Duration, type Clock, type QuotaResult, rpcCode } from 'fairlead/sdk';
import type { RedisquotaConfig } from './config.js';
import { LocalLimiter } from './local-limiter.js';
import type { Limit } from './limits.js';
import { type Decision, type Failure } from './outcome.js';

/** What was asked for. */
export interface Question {
  readonly limit: Limit;
  readonly key: string;
  /** Undefined for a request that is not deduplicated. */
  readonly answerKey: string | undefined;
  readonly amount: number;
  readonly bestEffort: boolean;
}

/** Answers a request that Redis did not decide on. */
export type AnswerFailure = (question: Question, failure: Failure) => QuotaResult;

const unavailable: QuotaResult = Object.freeze({
  status: Object.freeze({ code: rpcCode.UNAVAILABLE, message: 'redisquota: Service Unavailable' }),
  amount: 0n,
  validDuration: Duration.zero,
});
const malformed: QuotaResult = Object.freeze({
  status: Object.freeze({ code: rpcCode.INTERNAL, message: 'redisquota: Internal Error' }),
  amount: 0n,
  validDuration: Duration.zero,
});
const exhausted = Object.freeze({ code: rpcCode.RESOURCE_EXHAUSTED, message: 'redisquota: Resource exhausted' });

/** A decision as the caller gets it (adapters.md 2.4): nothing granted is a status of its own. */
export function toResult({ granted, valid }: Pick<Decision, 'granted' | 'valid'>): QuotaResult {
  const validDuration = new Duration(Math.floor(valid / 1e6), (valid % 1e6) * 1000);
  if (granted <= 0) return { status: exhausted, amount: BigInt(granted), validDuration };
  return { amount: BigInt(granted), validDuration };
}

/** Answers in the way the configuration asks for. */
export function createFailureAnswer(config: RedisquotaConfig, clock: Clock): AnswerFailure {
  switch (config.failureMode) {
    case 'CLOSED':
      return (_question, { reason }) => (reason === 'malformed' ? malformed : unavailable);
    case 'OPEN':
      return ({ amount, limit }) => toResult({ granted: Math.max(0, amount), valid: limit.windowMicros });
    case 'LOCAL': {
      const limiter = new LocalLimiter();
      return (question) => {
        const { limit, ...ask } = question;
        // Nobody wants to find a limit of 1 turned into none.
        const max = limit.maxAmount > 0 ? Math.max(1, Math.floor(limit.maxAmount * config.localShare)) : 0;
        return toResult(limiter.decide({ ...ask, max, windowMillis: limit.windowMicros / 1000 }, clock.now()));
      };
    }
  }
}
