import type { Duration, References } from '../attributes/index.js';
import type { RouteDirective, Status } from '../sdk/index.js';

/** One quota that a Check asked for (mixer-core.md 1.2). */
export interface QuotaRequest {
  readonly name: string;
  readonly amount: bigint;
  readonly bestEffort: boolean;
}

/** What a quota request is answered. */
export interface QuotaDecision {
  readonly name: string;
  readonly grantedAmount: bigint;
  readonly validDuration: Duration;
  readonly status: Status;
  readonly references: References;
}

/** What a Check is answered: the combined precondition, and the quotas if it is OK. */
export interface CheckDecision {
  readonly status: Status;
  readonly validDuration: Duration;
  readonly validUseCount: number;
  readonly references: References;
  readonly directive: RouteDirective | undefined;
  readonly quotas: readonly QuotaDecision[];
}
