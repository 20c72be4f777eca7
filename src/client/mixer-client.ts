import { randomUUID } from 'node:crypto';

import { CallFailure } from './call-failure.js';
import { CheckCache } from './cache/check-cache.js';
import { QuotaCache, type QuotaRequirement, type QuotaVerdict } from './cache/quota-cache.js';
import { type MixerClientOptions, resolveOptions, type Settings } from './client-options.js';
import { RemoteCheck } from './remote-check.js';
import { ReportBatch } from './report-batch.js';
import { allowed, rpc } from './rpc-codes.js';
import { createCounters, type Statistics } from './statistics.js';
import type { AttributeSet, CallStatus, CheckAnswer, Directive, PreconditionAnswer } from './transport.js';

/** What became of a request. */
export interface CheckOutcome {
  readonly status: CallStatus;
  readonly directive: Directive | undefined;
  /** For the attribute `check.cache_hit`. */
  readonly checkCacheHit: boolean;
  /** For the attribute `quota.cache_hit`. */
  readonly quotaCacheHit: boolean;
}

/** Says that the caller has gone; a function makes one when somebody has to wait. */
export type CallerSignal = AbortSignal | (() => AbortSignal);

/** What a check asks for besides its attributes. */
export interface CheckOptions {
  readonly quotas?: readonly QuotaRequirement[];
  /** Ends the call for this request; the outcome is then CANCELLED. */
  readonly signal?: CallerSignal;
}

/** What filters use of a client. */
export interface MixerCalls {
  /**
   * Decides a request; at once, without a promise, when it is known. Never throws or rejects: without an answer the fail
   * policy decides.
   */
  check(attributes: AttributeSet, options?: CheckOptions): CheckOutcome | Promise<CheckOutcome>;
  /** Tells of a request, with others. The attributes must not change any more. */
  report(attributes: AttributeSet): void;
}

/** Asks a Mixer about requests and tells it of them, as Istio's proxy does: cached, prefetched, in batches. */
export interface MixerClient extends MixerCalls {
  /** The counters so far. */
  statistics(): Statistics;
  /** Waits for checks that requests wait for, sends the reports that are left, then closes the transports. */
  close(): Promise<void>;
}

/** Makes a client. It opens no connection before it needs one. */
export function createMixerClient(options: MixerClientOptions): MixerClient {
  return new CachingClient(resolveOptions(options), options);
}

interface Policy {
  readonly status: CallStatus;
  readonly directive: Directive | undefined;
}

class CachingClient implements MixerClient {
  readonly #settings: Settings;
  readonly #counters = createCounters();
  readonly #checks: CheckCache;
  readonly #quotas: QuotaCache;
  readonly #remote: RemoteCheck;
  readonly #reports: ReportBatch;
  readonly #stopStatistics: (() => void) | undefined;
  readonly #idBase = randomUUID();
  #ids = 0;
  #waiting = 0;
  #onIdle: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: Settings, { onStatistics, onReportFailure }: MixerClientOptions) {
    this.#settings = settings;
    this.#checks = new CheckCache(settings.checkCacheSize);
    this.#quotas = new QuotaCache(settings.quotaCacheSize);
    this.#remote = new RemoteCheck(settings, this.#counters);
    this.#reports = new ReportBatch(settings, this.#counters, onReportFailure);
    this.#stopStatistics =
      onStatistics &&
      settings.time.every(settings.statsInterval, () => {
        onStatistics(this.statistics());
      });
  }

  check(attributes: AttributeSet, { quotas = [], signal }: CheckOptions = {}): CheckOutcome | Promise<CheckOutcome> {
    const now = this.#settings.time.monotonic();
    const known = this.#checks.find(attributes, now);
    this.#countCheck(known);
    if (known !== undefined && (known.status.code !== rpc.OK || quotas.length === 0))
      return outcome(known, true, false);
    const needs = quotas.length < 2 ? quotas : mergeNeeds(quotas);
    if (needs.length === 0) return this.#await({ attributes, known, verdict: undefined, signal: signalOf(signal) });
    const verdict = this.#quotas.check(attributes, needs, {
      useCache: known !== undefined,
      now,
    });
    this.#countQuota(verdict);
    if (known === undefined || verdict.status === undefined) {
      return this.#await({ attributes, known, verdict, signal: signalOf(signal) });
    }
    if (verdict.asks.length > 0) {
      this.#counters.total_remote_quota_prefetch_calls++;
      // Others use what it brings, so it does not end with this request. It never rejects.
      void this.#ask({ attributes, known, verdict, signal: undefined });
    }
    return outcome({ status: verdict.status, directive: known.directive }, true, true);
  }

  report(attributes: AttributeSet): void {
    this.#reports.add(attributes);
  }

  statistics(): Statistics {
    return { ...this.#counters };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stopStatistics?.();
    this.#reports.flush();
    if (this.#waiting > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    // Requests that waited may have been reported meanwhile.
    await this.#reports.close();
    const { transport, reportTransport } = this.#settings;
    transport.close();
    if (reportTransport !== transport) reportTransport.close();
  }

  /** Asks for a request that waits. */
  async #await(question: Question): Promise<CheckOutcome> {
    this.#waiting++;
    try {
      return await this.#ask(question);
    } finally {
      if (--this.#waiting === 0) this.#onIdle?.();
    }
  }

  async #ask(question: Question): Promise<CheckOutcome> {
    const { attributes, known, verdict, signal } = question;
    const quotas = verdict?.asks ?? [];
    this.#counters.total_remote_calls++;
    if (known === undefined) this.#counters.total_remote_check_calls++;
    if (quotas.length > 0) this.#counters.total_remote_quota_calls++;
    const call = { attributes, quotas, deduplicationId: `${this.#idBase}${this.#ids++}` };
    const answer = await this.#remote.ask(call, signal);
    return answer instanceof CallFailure ? this.#fail(question, answer) : this.#finish(question, answer);
  }

  #finish({ attributes, known, verdict }: Question, answer: CheckAnswer): CheckOutcome {
    const policy = known ?? this.#keep(attributes, answer.precondition);
    if (known === undefined) this.#countRemoteCheck(policy.status);
    const quotaStatus = this.#settle(verdict, answer);
    const status = policy.status.code === rpc.OK ? quotaStatus : policy.status;
    return outcome({ status, directive: policy.directive }, known !== undefined, false);
  }

  #fail({ known, verdict, signal }: Question, failure: CallFailure): CheckOutcome {
    // A request that ended by itself is not let pass, whatever the fail policy says, and nothing is learnt from it.
    const isCancelled = signal?.aborted === true;
    const status = this.#settings.failOpen && !isCancelled ? allowed : { code: failure.code, message: failure.message };
    if (!isCancelled) {
      if (known === undefined) this.#countRemoteCheck(status);
      this.#settle(verdict, undefined);
    }
    // What is known of the request still holds when only its quotas could not be asked for.
    const directive = status.code === rpc.OK ? known?.directive : undefined;
    return outcome({ status, directive }, known !== undefined, false);
  }

  /** What an answer says about the quotas; without one they let pass. */
  #settle(verdict: QuotaVerdict | undefined, answer: CheckAnswer | undefined): CallStatus {
    if (verdict === undefined) return allowed;
    const status = verdict.settle(answer?.quotas, this.#settings.time.monotonic());
    if (status.code === rpc.OK) this.#counters.total_remote_quota_accepts++;
    else this.#counters.total_remote_quota_denies++;
    return status;
  }

  /** What an answer says about the request as a whole; kept for requests like it. */
  #keep(attributes: AttributeSet, precondition: PreconditionAnswer | undefined): Policy {
    if (precondition === undefined) return { status: noDecision, directive: undefined };
    const isForgiven = this.#settings.failOpen && precondition.status.code === rpc.INTERNAL;
    const answer = isForgiven ? { ...precondition, status: allowed } : precondition;
    this.#checks.put(attributes, answer, this.#settings.time.monotonic());
    return answer;
  }

  #countRemoteCheck({ code }: CallStatus): void {
    if (code === rpc.OK) this.#counters.total_remote_check_accepts++;
    else this.#counters.total_remote_check_denies++;
  }

  #countCheck(known: Policy | undefined): void {
    const counters = this.#counters;
    counters.total_check_calls++;
    if (known === undefined) counters.total_check_cache_misses++;
    else {
      counters.total_check_cache_hits++;
      if (known.status.code === rpc.OK) counters.total_check_cache_hit_accepts++;
      else counters.total_check_cache_hit_denies++;
    }
  }

  #countQuota({ status }: QuotaVerdict): void {
    const counters = this.#counters;
    counters.total_quota_calls++;
    if (status === undefined) counters.total_quota_cache_misses++;
    else {
      counters.total_quota_cache_hits++;
      if (status.code === rpc.OK) counters.total_quota_cache_hit_accepts++;
      else counters.total_quota_cache_hit_denies++;
    }
  }
}

interface Question {
  readonly attributes: AttributeSet;
  /** What the check cache said. */
  readonly known: Policy | undefined;
  readonly verdict: QuotaVerdict | undefined;
  readonly signal: AbortSignal | undefined;
}

const noDecision: CallStatus = { code: rpc.INVALID_ARGUMENT, message: "CheckResponse doesn't have PreconditionResult" };

function outcome({ status, directive }: Policy, checkCacheHit: boolean, quotaCacheHit: boolean): CheckOutcome {
  return { status, directive, checkCacheHit, quotaCacheHit };
}

/** Two rules may charge the same quota, and a Check can name it once. */
function mergeNeeds(needs: readonly QuotaRequirement[]): readonly QuotaRequirement[] {
  const charges = new Map<string, number>();
  for (const { quota, charge } of needs) charges.set(quota, (charges.get(quota) ?? 0) + charge);
  return [...charges].map(([quota, charge]) => ({ quota, charge }));
}

function signalOf(signal: CallerSignal | undefined): AbortSignal | undefined {
  return typeof signal === 'function' ? signal() : signal;
}
