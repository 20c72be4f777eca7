import { type ClientTime, systemTime } from './time.js';
import type { Statistics } from './statistics.js';
import type { Transport } from './transport.js';

/** What becomes of a request when Mixer gives no answer, and how often it is asked again. */
export interface NetworkFailPolicy {
  /** `close` (the default, as in a mesh) answers with the failure, `open` lets the request pass. */
  readonly policy?: 'open' | 'close';
  /** How often a Check that failed is tried again; 0 when left out. */
  readonly maxRetry?: number;
  /** 80 when left out. */
  readonly baseRetryWaitMillis?: number;
  /** 1000 when left out. */
  readonly maxRetryWaitMillis?: number;
}

/** What `createMixerClient` takes: the fields of Istio's TransportConfig (mesh.md 1.1), and what is lent. */
export interface MixerClientOptions {
  /** The way to the Mixer. */
  readonly transport: Transport;
  /** Another way for reports. */
  readonly reportTransport?: Transport;
  readonly disableCheckCache?: boolean;
  readonly disableQuotaCache?: boolean;
  readonly disableReportBatch?: boolean;
  readonly networkFailPolicy?: NetworkFailPolicy;
  /** Reports in one call at most; 100 when left out or 0. */
  readonly reportBatchMaxEntries?: number;
  /** How long a report waits for others; 1000 when left out or 0. */
  readonly reportBatchMaxMillis?: number;
  /** How often `onStatistics` is told; 10,000 when left out. */
  readonly statsUpdateIntervalMillis?: number;
  readonly onStatistics?: (statistics: Statistics) => void;
  /** Told of a report that failed: of the first, then of every hundredth. */
  readonly onReportFailure?: (failure: Error, failures: number) => void;
  /** The real time when left out. */
  readonly time?: ClientTime;
  /** From 0 to below 1; `Math.random` when left out. */
  readonly random?: () => number;
}

/** The options with all numbers in place. */
export interface Settings {
  readonly transport: Transport;
  readonly reportTransport: Transport;
  readonly checkCacheSize: number;
  readonly quotaCacheSize: number;
  readonly failOpen: boolean;
  readonly maxRetry: number;
  readonly baseRetryWait: number;
  readonly maxRetryWait: number;
  readonly batchEntries: number;
  readonly batchMillis: number;
  readonly statsInterval: number;
  readonly time: ClientTime;
  readonly random: () => number;
}

const cacheSize = 10_000;
const longestMillis = 24 * 3_600_000;

/** Puts defaults and bounds in: durations are whole milliseconds of at most 24 hours (mesh.md 1.1). */
export function resolveOptions(options: MixerClientOptions): Settings {
  const { transport, networkFailPolicy: fail = {}, time = systemTime, random = Math.random } = options;
  const baseRetryWait = millis(fail.baseRetryWaitMillis, 80);
  return {
    transport,
    reportTransport: options.reportTransport ?? transport,
    checkCacheSize: options.disableCheckCache === true ? 0 : cacheSize,
    quotaCacheSize: options.disableQuotaCache === true ? 0 : cacheSize,
    failOpen: fail.policy === 'open',
    maxRetry: Math.max(0, Math.trunc(fail.maxRetry ?? 0)),
    baseRetryWait,
    maxRetryWait: Math.max(baseRetryWait, millis(fail.maxRetryWaitMillis, 1000)),
    batchEntries:
      options.disableReportBatch === true ? 1 : Math.max(1, Math.trunc(options.reportBatchMaxEntries || 100)),
    batchMillis: millis(options.reportBatchMaxMillis || undefined, 1000),
    statsInterval: Math.max(1, millis(options.statsUpdateIntervalMillis || undefined, 10_000)),
    time,
    random,
  };
}

function millis(given: number | undefined, otherwise: number): number {
  return Math.min(longestMillis, Math.max(0, Math.trunc(given ?? otherwise)));
}
