import assert from 'node:assert/strict';
import { Cluster } from '../../../../src/gen/envoy/config/cluster/v3/cluster.js';
import { ClusterLoadAssignment } from '../../../../src/gen/envoy/config/endpoint/v3/endpoint.js';
import { RouteConfiguration } from '../../../../src/gen/envoy/config/route/v3/route.js';
import type { Route } from '../../../../src/gen/envoy/config/route/v3/route_components.js';
import { Any } from '../../../../src/gen/google/protobuf/any.js';
import { buildEnvoySnapshot, type EnvoyOptions } from '../../../../src/pilot/build/envoy/index.js';
import { findDangling, type Snapshot } from '../../../../src/pilot/xds/snapshot.js';
import { modelOf, proxyOf } from '../../support.js';

/** What an Envoy gets, decoded. */
export interface Built {
  readonly snapshot: Snapshot;
  readonly problems: readonly string[];
  readonly cluster: (name: string) => Cluster;
  readonly endpoints: (name: string) => ClusterLoadAssignment;
  readonly routes: (name: string) => RouteConfiguration;
  /** The routes of a virtual host. */
  readonly host: (routes: string, name: string) => readonly Route[];
}

/** Builds what a proxy gets of a mesh without errors. It must be consistent. */
export function build(yaml: string, proxy: Parameters<typeof proxyOf>[0] = {}, options: EnvoyOptions = {}): Built {
  const model = modelOf(yaml);
  assert.deepEqual(
    model.diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    [],
  );
  const problems: string[] = [];
  const view = model.viewFor(proxyOf(proxy));
  const onProblem = (message: string): void => void problems.push(message);
  const snapshot = buildEnvoySnapshot(view, { version: '1', ...options, onProblem });
  assert.deepEqual(findDangling(snapshot), []);
  return { ...decodedOf(snapshot), problems };
}

/** Reads the resources of a snapshot. */
export function decodedOf(snapshot: Snapshot): Omit<Built, 'problems'> {
  const valueOf = (kind: 'cluster' | 'endpoints' | 'route', name: string): Uint8Array => {
    const resource = snapshot[kind].get(name);
    assert.ok(resource, `there is no ${kind} '${name}'`);
    return Any.decode(resource.any).value;
  };
  const routes = (name: string): RouteConfiguration => RouteConfiguration.decode(valueOf('route', name));
  return {
    snapshot,
    cluster: (name) => Cluster.decode(valueOf('cluster', name)),
    endpoints: (name) => ClusterLoadAssignment.decode(valueOf('endpoints', name)),
    routes,
    host(table, name) {
      const found = routes(table).virtualHosts.find((one) => one.name === name);
      assert.ok(found, `there is no virtual host '${name}'`);
      return found.routes;
    },
  };
}

/** The name of a cluster of the namespace `default`. */
export function clusterOf(service: string, port = 80, subset = ''): string {
  return `outbound|${port}|${subset}|${service}.default.svc.cluster.local`;
}

/** `path[prefix|exact|regex] -> clusters` of routes, for a look at all of them. */
export function describeRoutes(routes: readonly Route[]): readonly string[] {
  return routes.map(({ match, route, redirect, directResponse }) => {
    const path = match?.path ?? match?.safeRegex?.regex ?? `${match?.prefix}*`;
    const shares = route?.weightedClusters?.clusters.map(({ name, weight }) => `${name}=${weight}`);
    const target = route?.cluster ?? shares?.join() ?? redirect?.pathRedirect ?? directResponse?.status;
    return `${path} -> ${target}`;
  });
}
