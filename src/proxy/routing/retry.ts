import type { Retry } from '../../gen/fairlead/proxy/v1/route.js';
import { millisOf } from '../millis.js';
import type { Attempt, CompiledRetry } from './types.js';

const baseMillis = 25;
const usualSelectionAttempts = 5;
const grpcCodes: Readonly<Record<string, number>> = {
  cancelled: 1,
  'deadline-exceeded': 4,
  'resource-exhausted': 8,
  internal: 13,
  unavailable: 14,
};

/** When and how soon a request is tried again (mesh.md 2.1.7 and 8); undefined when never. */
export function compileRetry(retry: Retry | undefined): CompiledRetry | undefined {
  if (retry === undefined || retry.retries === 0) return undefined;
  const names = new Set(retry.retryOn);
  const codes = new Set(names.has('retriable-status-codes') ? retry.statusCodes : []);
  const grpc = new Set(retry.retryOn.map((name) => grpcCodes[name]).filter((code) => code !== undefined));
  const base = millisOf(retry.baseWait) || baseMillis;
  const most = millisOf(retry.maxWait) || base * 10;
  const wantsStatus = (status: number): boolean =>
    codes.has(status) ||
    (names.has('5xx') && status >= 500) ||
    (names.has('gateway-error') && status >= 502 && status <= 504) ||
    (names.has('retriable-4xx') && status === 409);
  // No answer at all is as good as one of 5xx.
  const wantsAnyFailure = ['5xx', 'gateway-error', 'reset'].some((name) => names.has(name));
  const wantsFailure = (kind: Exclude<Attempt['kind'], 'response'>): boolean => wantsAnyFailure || names.has(kind);
  return {
    retries: retry.retries,
    perTryTimeoutMillis: millisOf(retry.perTryTimeout),
    hostSelectionAttempts: retry.hostSelectionAttempts || usualSelectionAttempts,
    wants: (attempt) =>
      attempt.kind === 'response'
        ? wantsStatus(attempt.status) || (attempt.grpcStatus !== undefined && grpc.has(attempt.grpcStatus))
        : wantsFailure(attempt.kind),
    waitMillis: (number, random) => random() * Math.min(most, base * (2 ** number - 1)),
  };
}
