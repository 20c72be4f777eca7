import type { Duration } from '../../util/duration.js';
import type { Fault, HttpRoute, Retries } from '../kinds/http-route.js';
import { isStatusCode } from '../kinds/http-action-checks.js';

/** When and how often a request is tried again. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly perTryTimeout: Duration | undefined;
  readonly conditions: readonly string[];
  readonly statusCodes: readonly number[];
}

/** What holds where nothing is said, also for services without rules (mesh.md 2.1.7). */
export const defaultRetries: RetryPolicy = Object.freeze({
  attempts: 2,
  perTryTimeout: undefined,
  conditions: [
    'connect-failure',
    'refused-stream',
    'unavailable',
    'cancelled',
    'resource-exhausted',
    'retriable-status-codes',
  ],
  statusCodes: [503],
});

/** The retries of a rule; undefined when they are switched off. */
export function retriesOf(retries: Retries | undefined): RetryPolicy | undefined {
  if (retries === undefined) return defaultRetries;
  const { attempts, perTryTimeout, retryOn } = retries;
  if (attempts <= 0) return undefined;
  if (retryOn === '') return { ...defaultRetries, attempts, perTryTimeout };
  const tokens = retryOn.split(',').map((token) => token.trim());
  return {
    attempts,
    perTryTimeout,
    conditions: tokens.filter((token) => !isStatusCode(token)),
    statusCodes: tokens.filter(isStatusCode).map(Number),
  };
}

/** How many of a million requests a fault is for: the newer field counts, and none that is not said (mesh.md 2.1.8). */
export function faultShare({
  percent,
  percentage,
}: Pick<NonNullable<Fault['abort']>, 'percent' | 'percentage'>): number {
  return Math.round((percentage?.value ?? percent ?? 0) * 10_000);
}

/** How many of a hundred requests are mirrored: all where it is not said (mesh.md 2.1.9). */
export function mirrorShare({ mirror, mirrorPercent }: Pick<HttpRoute, 'mirror' | 'mirrorPercent'>): number {
  return mirror === undefined ? 0 : (mirrorPercent ?? 100);
}
