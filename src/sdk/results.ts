import type { Duration } from '../attributes/index.js';

/** The codes of google.rpc.Status. */
export const rpcCode = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** An HTTP answer that the sidecar gives itself when the check denies (mixer-core.md 6.4). */
export interface DirectHttpResponse {
  /** HTTP status; 0 or undefined takes the equivalent of the rpc code. */
  readonly code?: number | undefined;
  readonly body?: string | undefined;
  readonly headers?: ReadonlyMap<string, string> | undefined;
}

/** The outcome of a call. Any code passes through to the caller, also one that google.rpc does not know. */
export interface Status {
  readonly code: number;
  readonly message: string;
  readonly directResponse?: DirectHttpResponse | undefined;
}

export type HeaderOperationKind = 'REPLACE' | 'REMOVE' | 'APPEND';

export interface HeaderOperation {
  readonly name: string;
  readonly value: string;
  readonly operation: HeaderOperationKind;
}

/** What the sidecar shall do to the request and its response. */
export interface RouteDirective {
  readonly requestHeaderOperations: readonly HeaderOperation[];
  readonly responseHeaderOperations: readonly HeaderOperation[];
  readonly directResponseCode: number;
  readonly directResponseBody: string;
}

/**
 * What a check answers. Denial is a status, never an exception. Leaving out both `validDuration` and `validUseCount`
 * of an OK result means "no opinion": the other handlers' answers then stand alone.
 */
export interface CheckResult {
  /** OK when left out. */
  readonly status?: Status | undefined;
  /** How long the caller may reuse the answer; zero when left out. */
  readonly validDuration?: Duration | undefined;
  /** How often the caller may reuse the answer: 0 not at all, negative without bound. */
  readonly validUseCount?: number | undefined;
  readonly routeDirective?: RouteDirective | undefined;
}

/** What a check with output answers: the result, and the attributes it produced. */
export interface CheckResultWithOutput<Output> {
  readonly result: CheckResult;
  readonly output: Output;
}

/** How much of a quota is asked for. A negative amount releases. */
export interface QuotaArgs {
  /** The same id asks for the same allocation again: it must be answered alike and charged once. */
  readonly deduplicationId: string;
  readonly amount: bigint;
  /** True grants what is left when the whole amount is not there. */
  readonly bestEffort: boolean;
}

/** What a quota handler answers. The status stays OK when too little is left: the caller compares amounts. */
export interface QuotaResult {
  readonly status?: Status | undefined;
  readonly amount: bigint;
  /** How long the grant holds; zero when left out, which also means it does not expire. */
  readonly validDuration?: Duration | undefined;
}
