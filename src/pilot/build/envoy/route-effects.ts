import {
  RedirectAction,
  RedirectAction_RedirectResponseCode as Code,
  RetryPolicy,
} from '../../../gen/envoy/config/route/v3/route_components.js';
import { CorsPolicy } from '../../../gen/envoy/extensions/filters/http/cors/v3/cors.js';
import { HTTPFault } from '../../../gen/envoy/extensions/filters/http/fault/v3/fault.js';
import {
  FractionalPercent_DenominatorType as Denominator,
  type FractionalPercent,
} from '../../../gen/envoy/type/v3/percent.js';
import type { Any } from '../../../gen/google/protobuf/any.js';
import type { CorsPolicy as Cors, Fault, HttpRoute, Redirect } from '../../kinds/http-route.js';
import type { RetryPolicy as Retries } from '../../model/rule-effects.js';
import { buildFault as planFault, buildRetry as planRetry } from '../fairlead/route-effects.js';
import { anyOf, corsFilter, faultFilter } from './any.js';
import { isHeaderText } from './header-operations.js';
import type { Tell } from './tell.js';

/** When a request is tried again: not where it was before, if there is another place (mesh.md 2.1.7). */
export function buildRetry(policy: Retries | undefined): RetryPolicy | undefined {
  const plan = planRetry(policy);
  if (plan === undefined) return undefined;
  return RetryPolicy.create({
    retryOn: plan.retryOn.join(','),
    numRetries: plan.retries,
    perTryTimeout: plan.perTryTimeout,
    retriableStatusCodes: plan.statusCodes,
    retryHostPredicate: [
      { name: 'envoy.retry_host_predicates.previous_hosts', typedConfig: anyOf('previousHosts', new Uint8Array()) },
    ],
    hostSelectionRetryMaxAttempts: BigInt(plan.hostSelectionAttempts),
  });
}

/** What the filters for CORS and for faults do on a route. */
export function buildFilterConfigs({ fault, corsPolicy }: HttpRoute, tell: Tell): Record<string, Any> {
  const configs: Record<string, Any> = {};
  const faults = buildFault(fault, tell);
  if (faults !== undefined) configs[faultFilter] = anyOf('fault', HTTPFault.encode(faults).finish());
  const cors = corsPolicy && buildCors(corsPolicy);
  if (cors !== undefined) configs[corsFilter] = anyOf('cors', CorsPolicy.encode(cors).finish());
  return configs;
}

function buildFault(given: Fault | undefined, tell: Tell): HTTPFault | undefined {
  const plan = planFault(given);
  if (plan === undefined) return undefined;
  const isDelayed = plan.delayed !== undefined && plan.delay !== undefined;
  const isAborted = plan.aborted !== undefined && plan.abortCode >= 200 && plan.abortCode < 600;
  if (plan.aborted !== undefined && !isAborted) tell(`Envoy aborts with no status ${plan.abortCode}`);
  return HTTPFault.create({
    ...(isDelayed && { delay: { fixedDelay: plan.delay, percentage: ofMillion(plan.delayed?.perMillion) } }),
    ...(isAborted && { abort: { httpStatus: plan.abortCode, percentage: ofMillion(plan.aborted?.perMillion) } }),
  });
}

function ofMillion(numerator = 0): FractionalPercent {
  return { numerator, denominator: Denominator.MILLION };
}

/** Which other origins may call (mesh.md 2.1.10). Envoy takes the origin `*` for all. */
function buildCors(policy: Cors): CorsPolicy {
  const { allowOrigin, allowMethods, allowHeaders, exposeHeaders, maxAge, allowCredentials } = policy;
  return CorsPolicy.create({
    allowOriginStringMatch: allowOrigin.map((exact) => ({ exact })),
    allowMethods: allowMethods.join(','),
    allowHeaders: allowHeaders.join(','),
    exposeHeaders: exposeHeaders.join(','),
    maxAge: maxAge === undefined ? '' : String(maxAge.seconds),
    allowCredentials,
  });
}

const codes: ReadonlyMap<number, Code> = new Map([
  [302, Code.FOUND],
  [303, Code.SEE_OTHER],
  [307, Code.TEMPORARY_REDIRECT],
  [308, Code.PERMANENT_REDIRECT],
]);

/** Where a caller is sent instead (mesh.md 2.1.5). Undefined for a place that no header can tell. */
export function buildRedirect({ uri, authority, redirectCode }: Redirect): RedirectAction | undefined {
  if (!isHeaderText(uri) || !isHeaderText(authority)) return undefined;
  return RedirectAction.create({
    ...(uri !== '' && { pathRedirect: uri }),
    hostRedirect: authority,
    responseCode: codes.get(redirectCode) ?? Code.MOVED_PERMANENTLY,
  });
}
