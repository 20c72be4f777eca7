import type { HeaderOperations as OperationsMessage } from '../../../gen/fairlead/proxy/v1/match.js';
import type {
  Cors,
  Fault as FaultMessage,
  Redirect as RedirectMessage,
  Retry,
} from '../../../gen/fairlead/proxy/v1/route.js';
import type { CorsPolicy, Fault, HeaderOperations, Redirect } from '../../kinds/http-route.js';
import { faultShare, type RetryPolicy } from '../../model/rule-effects.js';
import { durationOf } from './duration.js';
import { sortedEntries } from './order.js';

/** When a request is tried again; undefined for never. */
export function buildRetry(policy: RetryPolicy | undefined): Retry | undefined {
  if (policy === undefined) return undefined;
  const { attempts, conditions, statusCodes, perTryTimeout } = policy;
  // Codes count only under this name, which users need not write.
  const retryOn =
    statusCodes.length > 0 && !conditions.includes('retriable-status-codes')
      ? [...conditions, 'retriable-status-codes']
      : [...conditions];
  return {
    retries: attempts,
    retryOn,
    statusCodes: [...statusCodes],
    perTryTimeout: durationOf(perTryTimeout),
    baseWait: undefined,
    maxWait: undefined,
    hostSelectionAttempts: 5,
  };
}

/** Delays and aborts; undefined when there are none. */
export function buildFault({ delay, abort }: Fault = noFault): FaultMessage | undefined {
  const delayed = delay?.fixedDelay === undefined ? 0 : faultShare(delay);
  const aborted = abort?.httpStatus === undefined ? 0 : faultShare(abort);
  if (delayed + aborted === 0) return undefined;
  return {
    ...none,
    ...(delayed > 0 && { delayed: { perMillion: delayed }, delay: durationOf(delay?.fixedDelay) }),
    ...(aborted > 0 && { aborted: { perMillion: aborted }, abortCode: abort?.httpStatus ?? 0 }),
  };
}

const noFault: Fault = { delay: undefined, abort: undefined };
const none: FaultMessage = { delayed: undefined, delay: undefined, aborted: undefined, abortCode: 0 };

/** Which other origins may call. */
export function buildCors(policy: CorsPolicy | undefined): Cors | undefined {
  return (
    policy && {
      allowOrigins: policy.allowOrigin.map((exact) => ({ exact })),
      allowMethods: [...policy.allowMethods],
      allowHeaders: [...policy.allowHeaders],
      exposeHeaders: [...policy.exposeHeaders],
      maxAge: durationOf(policy.maxAge),
      allowCredentials: policy.allowCredentials ?? false,
    }
  );
}

/** Where a caller is sent instead. */
export function buildRedirect({ uri, authority, redirectCode }: Redirect): RedirectMessage {
  return { path: uri, host: authority, code: redirectCode || 301, https: false };
}

/** What is done to headers, by name; undefined for nothing. */
export function buildOperations({ set, add, remove }: HeaderOperations): OperationsMessage | undefined {
  if (set.size + add.size + remove.length === 0) return undefined;
  const list = (map: ReadonlyMap<string, string>) => sortedEntries(map).map(([name, value]) => ({ name, value }));
  return { set: list(set), add: list(add), remove: [...remove] };
}
