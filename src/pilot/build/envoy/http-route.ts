import {
  Route,
  RouteAction,
  type RouteAction_HashPolicy as HashPolicy,
  type RouteAction_RequestMirrorPolicy as MirrorPolicy,
  WeightedCluster_ClusterWeight as ClusterWeight,
} from '../../../gen/envoy/config/route/v3/route_components.js';
import { FractionalPercent_DenominatorType as Denominator } from '../../../gen/envoy/type/v3/percent.js';
import type { HttpDestination, HttpRoute } from '../../kinds/http-route.js';
import type { LoadBalancer } from '../../kinds/traffic-policy.js';
import { type ResolvedDestination, resolveDestination } from '../../model/destination-target.js';
import { headersOf, type HttpRule, sharesOf } from '../../model/http-rules.js';
import type { Target } from '../../model/proxy-view.js';
import { defaultRetries, mirrorShare, retriesOf } from '../../model/rule-effects.js';
import { durationOf } from '../fairlead/duration.js';
import type { BuildContext } from './context.js';
import { buildHeaderChanges, isHeaderText } from './header-operations.js';
import { blackHoleCluster, defaultRoute, outboundCluster } from './names.js';
import { buildFilterConfigs, buildRedirect, buildRetry } from './route-effects.js';
import { buildRouteMatch, describePath, matchAll } from './route-match.js';
import { tellOf } from './tell.js';

/** Whose rule it is, and where it is to hold. */
export interface RuleOwner {
  /** The VirtualService's. */
  readonly name: string;
  /** Of the listener, or of the host where a listener has all ports. */
  readonly port: number;
}

interface Share {
  readonly share: HttpDestination;
  readonly to: ResolvedDestination;
}

/** The route of a rule (mesh.md 2.1); undefined for one that Envoy would refuse, and all other routes with it. */
export function buildRoute(given: HttpRule, owner: RuleOwner, context: BuildContext): Route | undefined {
  const { name, match: wanted, rule } = given;
  const tell = tellOf(context, `route "${name}" of VirtualService '${owner.name}'`);
  const match = buildRouteMatch(wanted);
  if (typeof match === 'string') {
    tell(`Envoy does not take the regular expression ${JSON.stringify(match)}, so its rule is left out`);
    return undefined;
  }
  const shares = resolveAll(rule, owner, context);
  const [only] = shares.length === 1 ? shares : [];
  // The changes that the only destination wants are the route's.
  const { host, ...changes } = buildHeaderChanges(
    [rule, ...(only === undefined ? [] : [only.share])].map(headersOf),
    tell,
  );
  const redirect = rule.redirect && buildRedirect(rule.redirect);
  if (rule.redirect !== undefined && redirect === undefined) {
    tell('no header can tell where it redirects to, so the rule is left out');
    return undefined;
  }
  const place = only === undefined ? `${owner.name}:${owner.port}` : `${only.to.parts.host}:${only.to.parts.port}`;
  return Route.create({
    name,
    match,
    ...(redirect === undefined ? { route: buildAction(rule, { shares, host, owner, context }) } : { redirect }),
    ...changes,
    decorator: { operation: `${place}${describePath(match)}` },
    typedPerFilterConfig: buildFilterConfigs(rule, tell),
  });
}

/** The route of a service without rules. */
export function buildServiceRoute(target: Target, { view }: BuildContext): Route {
  const { service, port } = target;
  return Route.create({
    name: defaultRoute,
    match: matchAll(),
    route: {
      cluster: outboundCluster(target),
      ...timeoutOf(undefined),
      retryPolicy: buildRetry(defaultRetries),
      hashPolicy: hashPolicies([view.policy(target).loadBalancer]),
    },
    decorator: { operation: `${service.hostname}:${port.number}/*` },
  });
}

/** The route to a cluster, whatever is asked for there: nothing is repeated, and no end is put to it. */
export function buildPlainRoute(name: string, cluster: string, operation: string): Route {
  return Route.create({
    name,
    match: matchAll(),
    route: { cluster, ...timeoutOf(undefined) },
    ...(operation !== '' && { decorator: { operation } }),
  });
}

/** A route that answers all requests alike. */
export function buildAnswer(name: string, status: number): Route {
  return Route.create({ name, match: matchAll(), directResponse: { status } });
}

/** The clusters that a route may send requests to. */
export function clustersOf({ route }: Route): readonly string[] {
  if (route === undefined) return [];
  const { cluster, weightedClusters, requestMirrorPolicies } = route;
  const shares = weightedClusters?.clusters.map(({ name }) => name) ?? [];
  return [...(cluster === undefined ? shares : [cluster]), ...requestMirrorPolicies.map((mirror) => mirror.cluster)];
}

function resolveAll(rule: HttpRoute, { port }: RuleOwner, { view }: BuildContext): readonly Share[] {
  return sharesOf(rule.route).map((share) => ({
    share,
    to: resolveDestination(share.destination, { scope: view.scope, listenerPort: port }),
  }));
}

interface ActionParts {
  readonly shares: readonly Share[];
  /** What headers want the authority to be. */
  readonly host: string | undefined;
  readonly owner: RuleOwner;
  readonly context: BuildContext;
}

function buildAction(rule: HttpRoute, { shares, host, owner, context }: ActionParts): RouteAction {
  const { view } = context;
  const { uri = '', authority = '' } = rule.rewrite ?? {};
  const literal = [authority, host ?? ''].find((text) => text !== '' && isHeaderText(text));
  return RouteAction.create({
    ...clusterSpecifier(shares, owner, context),
    prefixRewrite: isHeaderText(uri) ? uri : '',
    ...(literal !== undefined && { hostRewriteLiteral: literal }),
    ...timeoutOf(rule),
    retryPolicy: buildRetry(retriesOf(rule.retries)),
    requestMirrorPolicies: buildMirrors(rule, owner, context),
    hashPolicy: hashPolicies(
      shares.map(({ to: { service, port, parts } }) =>
        service === undefined || port === undefined
          ? undefined
          : view.policy({ service, port, subset: parts.subset }).loadBalancer,
      ),
    ),
  });
}

function clusterSpecifier(
  shares: readonly Share[],
  owner: RuleOwner,
  context: BuildContext,
): Pick<RouteAction, 'cluster' | 'weightedClusters'> {
  const [only] = shares;
  if (shares.length <= 1) return { cluster: only?.to.cluster ?? blackHoleCluster };
  const clusters = shares.map(({ share, to: { cluster } }) => {
    const tell = tellOf(context, `destination "${share.destination.host}" of VirtualService '${owner.name}'`);
    const { host, ...changes } = buildHeaderChanges([headersOf(share)], tell);
    const rewrite = host === undefined ? {} : { hostRewriteLiteral: host };
    return ClusterWeight.create({ name: cluster, weight: share.weight, ...changes, ...rewrite });
  });
  return { weightedClusters: { clusters } };
}

/**
 * No end where none is said: Envoy's own would be 15 seconds. There is no `maxStreamDuration` for what clients of gRPC
 * want (mesh.md 3.6), since a route that has one does not look at its timeout any more.
 */
function timeoutOf(rule: Pick<HttpRoute, 'timeout'> | undefined): Pick<RouteAction, 'timeout'> {
  return { timeout: durationOf(rule?.timeout) ?? { seconds: 0n, nanos: 0 } };
}

function buildMirrors(rule: HttpRoute, { port }: RuleOwner, { view }: BuildContext): MirrorPolicy[] {
  const numerator = Math.min(mirrorShare(rule), 100);
  if (rule.mirror === undefined || numerator <= 0) return [];
  const { cluster } = resolveDestination(rule.mirror, { scope: view.scope, listenerPort: port });
  const defaultValue = { numerator, denominator: Denominator.HUNDRED };
  return [{ cluster, runtimeFraction: { defaultValue, runtimeKey: '' } }];
}

/** What requests are told apart by, each once: destinations of one route mostly say the same. */
function hashPolicies(balancers: readonly (LoadBalancer | undefined)[]): HashPolicy[] {
  const policies = new Map<string, HashPolicy>();
  for (const balancer of balancers) {
    const { httpHeaderName, httpCookie, useSourceIp } = balancer?.consistentHash ?? {};
    if (httpHeaderName !== undefined) {
      policies.set(`header ${httpHeaderName}`, { header: { headerName: httpHeaderName }, terminal: false });
    } else if (httpCookie !== undefined) {
      const { name, path, ttl } = httpCookie;
      policies.set(`cookie ${name}`, { cookie: { name, path, ttl: durationOf(ttl) }, terminal: false });
    } else if (useSourceIp === true) {
      policies.set('source', { connectionProperties: { sourceIp: true }, terminal: false });
    }
  }
  return [...policies.values()];
}
