import { createHash } from 'node:crypto';
import { RouteConfiguration } from '../../../gen/envoy/config/route/v3/route.js';
import {
  Route,
  RouteAction,
  type RouteAction_HashPolicy,
  RetryPolicy as RetryMessage,
  VirtualHost as HostMessage,
  WeightedCluster_ClusterWeight as ClusterWeight,
} from '../../../gen/envoy/config/route/v3/route_components.js';
import type { Any } from '../../../gen/google/protobuf/any.js';
import type { HttpDestination, HttpRoute } from '../../kinds/http-route.js';
import { type HttpRule, sharesOf } from '../../model/http-rules.js';
import type { Target } from '../../model/proxy-view.js';
import { defaultRetries, retriesOf, type RetryPolicy } from '../../model/rule-effects.js';
import { portOf } from '../../model/service.js';
import type { VirtualHost } from '../../model/virtual-hosts.js';
import { createResource, type XdsResource } from '../../xds/resource.js';
import { faultFilter } from './any.js';
import { blackHoleCluster, type GrpcContext } from './context.js';
import { nameOf, resolveTarget } from './destinations.js';
import { durationOf } from './duration.js';
import { buildFault } from './fault.js';
import { buildRouteMatch } from './route-match.js';

/** The routes of a channel to a target (mesh.md 2.1, 3.7). */
export function buildRoutes(target: string, host: VirtualHost, context: GrpcContext): XdsResource {
  const routes = host.rules.length > 0 ? ruleRoutes(target, host, context) : [serviceRoute(host, context)];
  const message = RouteConfiguration.create({ name: target });
  // Nothing else comes here than calls to the target, whatever a channel says its authority is.
  message.virtualHosts = [{ ...HostMessage.create({ name: host.name, domains: ['*'] }), routes }];
  const value = RouteConfiguration.encode(message).finish();
  const clusters = new Set(routes.flatMap(({ route }) => (route === undefined ? [] : clustersOf(route))));
  const references = [...clusters].map((name) => ({ kind: 'cluster', name }) as const);
  return createResource('route', target, { value, references });
}

function ruleRoutes(target: string, host: VirtualHost, context: GrpcContext): Route[] {
  return host.rules.flatMap((rule) => {
    const match = buildRouteMatch(rule.match, target);
    if (match === undefined) return [];
    const route = buildAction(rule, host.port, context);
    const fault = buildFault(rule.rule.fault);
    const name = nameWithFault(rule.name, fault);
    return [Route.create({ name, match, route, typedPerFilterConfig: { [faultFilter]: fault } })];
  });
}

/** A client compares bytes only as far as the former ones go, so a fault that is new or longer shows in the name. */
function nameWithFault(name: string, { value }: Any): string {
  return value.length === 0 ? name : `${name}~${createHash('sha1').update(value).digest('hex').slice(0, 8)}`;
}

/** A service without rules gets all calls itself. */
function serviceRoute({ service, port: number }: VirtualHost, { view }: GrpcContext): Route {
  const port = service && portOf(service, number);
  const target = service && port && { service, port };
  const cluster = target === undefined ? blackHoleCluster : nameOf(target);
  return Route.create({
    name: 'default',
    match: { prefix: '/' },
    route: {
      cluster,
      ...retrying(defaultRetries),
      hashPolicy: target === undefined ? [] : hashPolicies([target], view),
    },
    typedPerFilterConfig: { [faultFilter]: buildFault() },
  });
}

function buildAction({ rule, name }: HttpRule, port: number, context: GrpcContext): RouteAction {
  const { view } = context;
  tellLeftOut(rule, name, context);
  const shares = rule.redirect === undefined ? sharesOf(rule.route) : [];
  const resolved = shares.map((share) => ({ share, ...resolveTarget(share.destination, port, view) }));
  const targets = resolved.flatMap(({ target }) => (target === undefined ? [] : [target]));
  return RouteAction.create({
    ...clusterSpecifier(resolved),
    ...retrying(retriesOf(rule.retries)),
    hashPolicy: hashPolicies(targets, view),
    maxStreamDuration: rule.timeout && {
      maxStreamDuration: durationOf(rule.timeout),
      grpcTimeoutHeaderMax: undefined,
    },
  });
}

/** Weights stay weights also for one destination: a change from one to two is one of numbers then. */
function clusterSpecifier(
  resolved: readonly { readonly cluster: string; readonly share: HttpDestination }[],
): Pick<RouteAction, 'cluster' | 'weightedClusters'> {
  if (resolved.length === 0) return { cluster: blackHoleCluster };
  const clusters = resolved.map(({ cluster: name, share: { weight } }) => ClusterWeight.create({ name, weight }));
  return { weightedClusters: { clusters } };
}

function clustersOf({ cluster, weightedClusters }: RouteAction): readonly string[] {
  return cluster === undefined ? (weightedClusters?.clusters.map(({ name }) => name) ?? []) : [cluster];
}

const grpcConditions = new Set(['cancelled', 'deadline-exceeded', 'internal', 'resource-exhausted', 'unavailable']);

/** A client tries again for codes of gRPC only. */
function retrying(policy: RetryPolicy | undefined): Pick<RouteAction, 'retryPolicy'> {
  const conditions = policy?.conditions.filter((one) => grpcConditions.has(one)) ?? [];
  if (policy === undefined || conditions.length === 0) return { retryPolicy: undefined };
  return { retryPolicy: RetryMessage.create({ retryOn: conditions.join(','), numRetries: policy.attempts }) };
}

/** What calls are told apart by; the address of a client is its channel here. Cookies there are none. */
function hashPolicies(targets: readonly Target[], view: GrpcContext['view']): RouteAction_HashPolicy[] {
  const policies = new Map<string, RouteAction_HashPolicy>();
  for (const target of targets) {
    const hash = view.policy(target).loadBalancer?.consistentHash;
    if (hash?.httpHeaderName !== undefined) {
      const headerName = hash.httpHeaderName.toLowerCase();
      policies.set(headerName, { header: { headerName }, terminal: false });
    } else if (hash !== undefined) {
      policies.set('', { filterState: { key: 'io.grpc.channel_id' }, terminal: false });
    }
  }
  return [...policies.values()];
}

function tellLeftOut(rule: HttpRoute, name: string, { leaveOut }: GrpcContext): void {
  const { redirect, rewrite, mirror, corsPolicy, retries } = rule;
  const parts = { redirect, rewrite, mirror, corsPolicy, 'retries.perTryTimeout': retries?.perTryTimeout };
  const found = Object.entries(parts).filter(([, value]) => value !== undefined);
  for (const [part] of found) leaveOut(`a gRPC client has no ${part}: route '${name}'`);
}
