import type { Forward, HashPolicy, Mirror, Route, WeightedCluster } from '../../../gen/fairlead/proxy/v1/route.js';
import type { HttpDestination, HttpRoute } from '../../kinds/http-route.js';
import type { LoadBalancer } from '../../kinds/traffic-policy.js';
import { type ResolvedDestination, resolveDestination } from '../../model/destination-target.js';
import { headersOf, type HttpRule, sharesOf } from '../../model/http-rules.js';
import { clusterName } from '../../model/naming.js';
import type { Target } from '../../model/proxy-view.js';
import { defaultRetries, mirrorShare, retriesOf } from '../../model/rule-effects.js';
import { durationOf } from './duration.js';
import { mixerServiceOf } from './mixer.js';
import { blackHoleCluster, defaultRoute, passthroughCluster } from './names.js';
import type { BuildContext } from './options.js';
import { buildCors, buildFault, buildOperations, buildRedirect, buildRetry } from './route-effects.js';
import { buildRouteMatch, describePath } from './route-match.js';

/** Whose rule it is, and where it is to hold. */
export interface RuleOwner {
  /** The VirtualService's. */
  readonly name: string;
  /** Of the listener, or of the host where a listener has all ports. */
  readonly port: number;
}

/** The route of a rule (mesh.md 2.1). */
export function buildRoute({ name, match: wanted, rule }: HttpRule, owner: RuleOwner, context: BuildContext): Route {
  const match = buildRouteMatch(wanted);
  const { request, response } = headersOf(rule);
  const destinations = resolveAll(rule, owner, context);
  const [only] = destinations.length === 1 ? destinations : [];
  const action =
    rule.redirect === undefined
      ? { forward: buildForward(rule, { destinations, owner, context }) }
      : { redirect: buildRedirect(rule.redirect) };
  const place = only === undefined ? `${owner.name}:${owner.port}` : `${only.to.parts.host}:${only.to.parts.port}`;
  return {
    name,
    match,
    ...action,
    fault: buildFault(rule.fault),
    cors: buildCors(rule.corsPolicy),
    requestHeaders: buildOperations(request),
    responseHeaders: buildOperations(response),
    mixerService: mixerServiceOf(only?.to.service),
    operation: `${place}${describePath(match)}`,
  };
}

/** The route of a service without rules. */
export function buildServiceRoute(target: Target, context: BuildContext): Route {
  const { service, port } = target;
  const cluster = clusterName({ direction: 'outbound', port: port.number, subset: '', host: service.hostname });
  return {
    ...plainRoute(defaultRoute, mixerServiceOf(service)),
    forward: {
      ...emptyForward,
      clusters: [plainCluster(cluster, mixerServiceOf(service))],
      retry: buildRetry(defaultRetries),
      hashPolicies: hashPolicies([context.view.policy(target).loadBalancer]),
    },
    operation: `${service.hostname}:${port.number}/*`,
  };
}

/** The route to the own workload: what callers asked for is not repeated here. */
export function buildInboundRoute(cluster: string, given: { readonly service: string; readonly place: string }): Route {
  return {
    ...plainRoute(defaultRoute, given.service),
    forward: { ...emptyForward, clusters: [plainCluster(cluster, given.service)] },
    operation: `${given.place}/*`,
  };
}

/** What becomes of requests for hosts that nobody knows: they go there all the same, or end with 502. */
export function buildUnknownRoute(mode: 'REGISTRY_ONLY' | 'ALLOW_ANY'): Route {
  if (mode === 'REGISTRY_ONLY') {
    return { ...plainRoute('block_all', blackHoleCluster), directResponse: { code: 502, body: '' } };
  }
  return {
    ...plainRoute('allow_any', passthroughCluster),
    forward: { ...emptyForward, clusters: [plainCluster(passthroughCluster, passthroughCluster)] },
  };
}

/** A route that answers all requests alike. */
export function buildAnswer(name: string, code: number): Route {
  return { ...plainRoute(name, ''), directResponse: { code, body: '' } };
}

interface ResolvedShare {
  readonly share: HttpDestination;
  readonly to: ResolvedDestination;
}

function resolveAll(rule: HttpRoute, { port }: RuleOwner, { view }: BuildContext): readonly ResolvedShare[] {
  return sharesOf(rule.route).map((share) => ({
    share,
    to: resolveDestination(share.destination, { scope: view.scope, listenerPort: port }),
  }));
}

interface ForwardParts {
  readonly destinations: readonly ResolvedShare[];
  readonly owner: RuleOwner;
  readonly context: BuildContext;
}

function buildForward(rule: HttpRoute, { destinations, owner, context }: ForwardParts): Forward {
  const { view } = context;
  return {
    clusters: destinations.map(buildShare),
    prefixRewrite: rule.rewrite?.uri ?? '',
    hostRewrite: rule.rewrite?.authority ?? '',
    timeout: durationOf(rule.timeout),
    retry: buildRetry(retriesOf(rule.retries)),
    mirror: buildMirror(rule, owner, context),
    hashPolicies: hashPolicies(
      destinations.map(({ to: { service, port, parts } }) =>
        service === undefined || port === undefined
          ? undefined
          : view.policy({ service, port, subset: parts.subset }).loadBalancer,
      ),
    ),
    websocket: true,
  };
}

function buildShare({ share, to }: ResolvedShare): WeightedCluster {
  const { request, response } = headersOf(share);
  return {
    name: to.cluster,
    weight: share.weight,
    requestHeaders: buildOperations(request),
    responseHeaders: buildOperations(response),
    mixerService: mixerServiceOf(to.service),
  };
}

function buildMirror(rule: HttpRoute, { port }: RuleOwner, { view }: BuildContext): Mirror | undefined {
  const share = mirrorShare(rule);
  if (rule.mirror === undefined || share <= 0) return undefined;
  const { cluster } = resolveDestination(rule.mirror, { scope: view.scope, listenerPort: port });
  return { cluster, fraction: { perMillion: Math.min(share, 100) * 10_000 } };
}

/** What requests are told apart by, each once: destinations of one route mostly say the same. */
function hashPolicies(balancers: readonly (LoadBalancer | undefined)[]): HashPolicy[] {
  const policies = new Map<string, HashPolicy>();
  for (const balancer of balancers) {
    const hash = balancer?.consistentHash;
    if (hash?.httpHeaderName !== undefined) {
      policies.set(`header ${hash.httpHeaderName}`, { header: hash.httpHeaderName });
    } else if (hash?.httpCookie !== undefined) {
      const { name, path, ttl } = hash.httpCookie;
      policies.set(`cookie ${name}`, { cookie: { name, path, ttl: durationOf(ttl) } });
    } else if (hash?.useSourceIp === true) policies.set('source', { sourceIp: true });
  }
  return [...policies.values()];
}

function plainCluster(name: string, mixerService: string): WeightedCluster {
  return { name, weight: 100, requestHeaders: undefined, responseHeaders: undefined, mixerService };
}

function plainRoute(name: string, mixerService: string): Route {
  return {
    name,
    match: buildRouteMatch(undefined),
    fault: undefined,
    cors: undefined,
    requestHeaders: undefined,
    responseHeaders: undefined,
    mixerService,
    operation: '',
  };
}

const emptyForward: Omit<Forward, 'clusters'> = {
  prefixRewrite: '',
  hostRewrite: '',
  timeout: undefined,
  retry: undefined,
  mirror: undefined,
  hashPolicies: [],
  websocket: true,
};
