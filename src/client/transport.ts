import type { Reference, Value } from '../attributes/index.js';

/** The attributes of one request, by name. A Map, because names and keys may be hostile. */
export type AttributeSet = ReadonlyMap<string, Value>;

/** One quota that a Check asks for. */
export interface QuotaAsk {
  readonly name: string;
  readonly amount: bigint;
  /** Grants what is left when the whole amount is not there. */
  readonly bestEffort: boolean;
}

/** A decision in the codes of google.rpc. */
export interface CallStatus {
  readonly code: number;
  readonly message: string;
}

/** One change to the headers of a request or a response. */
export interface HeaderChange {
  /** Lower case; `:path`, `:authority` and `:method` only for requests. */
  readonly name: string;
  readonly value: string;
  readonly operation: 'REPLACE' | 'REMOVE' | 'APPEND';
}

/** What the caller of Check does to the request and its response. */
export interface Directive {
  readonly requestHeaderOperations: readonly HeaderChange[];
  readonly responseHeaderOperations: readonly HeaderChange[];
  /** 0 forwards the request; anything else answers it. */
  readonly directResponseCode: number;
  readonly directResponseBody: string;
}

/**
 * What a decision depends on; undefined when that cannot be told (a regular expression, a word that there is not), so
 * that the decision is used once.
 */
export type Dependencies = readonly Reference[] | undefined;

/** What a Mixer decided about the request as a whole. */
export interface PreconditionAnswer {
  readonly status: CallStatus;
  /** How long the answer may be reused; without end when undefined. */
  readonly validMillis: number | undefined;
  /** How often: 0 not at all, below 0 without bound. */
  readonly validUseCount: number;
  readonly dependencies: Dependencies;
  readonly directive: Directive | undefined;
}

/** What a Mixer granted of one quota. */
export interface QuotaAnswer {
  readonly grantedAmount: bigint;
  /** How long the grant is good; undefined when not told. */
  readonly validMillis: number | undefined;
  readonly status: CallStatus;
  readonly dependencies: Dependencies;
}

/** A Mixer's answer to Check. */
export interface CheckAnswer {
  /** Undefined when the answer has none, which no Mixer should send. */
  readonly precondition: PreconditionAnswer | undefined;
  /** By quota name; filled when the precondition holds. */
  readonly quotas: ReadonlyMap<string, QuotaAnswer>;
}

/** One Check as it is sent. */
export interface CheckCall {
  readonly attributes: AttributeSet;
  readonly quotas: readonly QuotaAsk[];
  /** The same id asks for the same quota allocation again. */
  readonly deduplicationId: string;
}

/** What bounds a call. */
export interface CallLimits {
  /** Aborted at the deadline, and when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** What is left until the deadline when the call starts. */
  readonly timeoutMillis: number;
}

/** A report in the form in which it is sent, so that of requests that have ended nothing else is kept. */
export interface ReportBuffer {
  /** It has room for no other set. */
  readonly isFull: boolean;
  add(set: AttributeSet): void;
  /** Reports all sets, once. */
  send(limits: CallLimits): Promise<void>;
}

/**
 * The way to a Mixer: over gRPC, or into the same process. A failed call rejects, best with a `CallFailure`; denial is
 * an answer. Attribute sets must not change while a call is under way.
 */
export interface Transport {
  check(call: CheckCall, limits: CallLimits): Promise<CheckAnswer>;
  /** Reports sets that each stand alone. */
  report(sets: readonly AttributeSet[], limits: CallLimits): Promise<void>;
  /** Begins a report that is written down set by set; without this, sets are kept until they are reported. */
  beginReport?(): ReportBuffer;
  /** Ends connections. Calls under way may fail. */
  close(): void;
}
