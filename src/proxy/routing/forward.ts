import type { Forward, Route, WeightedCluster } from '../../gen/fairlead/proxy/v1/route.js';
import type { RequestHead } from '../http/message.js';
import { octetsOf } from '../http/octets-of.js';
import { compileHash } from './hash.js';
import { compileRequestOperations, compileResponseOperations } from './header-operations.js';
import { millisOf } from '../millis.js';
import { compileRetry } from './retry.js';
import { splitPath } from './route-match.js';
import type { CompiledForward, RouteCluster } from './types.js';

const million = 1_000_000;

export function compileForward(route: Route): CompiledForward | undefined {
  const { forward } = route;
  if (forward === undefined) return undefined;
  const { mirror } = forward;
  const timeoutMillis = millisOf(forward.timeout);
  const retry = compileRetry(forward.retry);
  return {
    pick: compilePick(forward.clusters, route),
    rewrite: compileRewrite(route, forward),
    timeoutMillis,
    expectedMillis: expectedOf(timeoutMillis, retry?.perTryTimeoutMillis ?? 0),
    retry,
    mirror:
      mirror === undefined
        ? undefined
        : { cluster: mirror.cluster, perMillion: mirror.fraction?.perMillion ?? million },
    hash: compileHash(forward.hashPolicies),
    websocket: forward.websocket,
  };
}

/** Who is called has the time of one attempt, where that is the shorter one. */
function expectedOf(timeout: number, perTry: number): string | undefined {
  const isPerTry = perTry > 0 && (timeout === 0 || perTry < timeout);
  const millis = isPerTry ? perTry : timeout;
  return millis === 0 ? undefined : String(millis);
}

/** Those without weight get nothing, unless there is only one. */
function compilePick(clusters: readonly WeightedCluster[], route: Route): CompiledForward['pick'] {
  const weighted = clusters.filter(({ weight }) => weight > 0 || clusters.length === 1);
  const targets = weighted.map((cluster) => compileCluster(cluster, route));
  const [only] = targets;
  if (only === undefined) throw new Error(`route '${route.name}' has no cluster with a weight`);
  if (targets.length === 1) return () => only;
  let total = 0;
  const ends = weighted.map(({ weight }) => (total += weight));
  return (random) => {
    const number = random() * total;
    return targets[ends.findIndex((end) => number < end)] ?? only;
  };
}

function compileCluster(cluster: WeightedCluster, route: Route): RouteCluster {
  return {
    name: cluster.name,
    mixerService: cluster.mixerService === '' ? route.mixerService : cluster.mixerService,
    changeRequest: compileRequestOperations(cluster.requestHeaders) ?? nothing,
    changeResponse: compileResponseOperations(cluster.responseHeaders) ?? nothing,
  };
}

/** A path that was found by its prefix keeps the rest of it; the query stays in any case (mesh.md 2.1.5). */
function compileRewrite({ match }: Route, forward: Forward): (request: RequestHead) => void {
  const [prefixRewrite, hostRewrite] = [octetsOf(forward.prefixRewrite), octetsOf(forward.hostRewrite)];
  if (prefixRewrite === '' && hostRewrite === '') return nothing;
  const matched = match?.exact === undefined && match?.regex === undefined ? (match?.prefix ?? '/').length : undefined;
  return (request) => {
    if (hostRewrite !== '') request.authority = hostRewrite;
    if (prefixRewrite === '') return;
    const former = request.path;
    request.headers.set('x-envoy-original-path', former);
    request.path = prefixRewrite + former.slice(matched ?? splitPath(former)[0].length);
  };
}

const nothing = (): void => undefined;
