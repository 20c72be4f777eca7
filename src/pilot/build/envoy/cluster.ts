import { isIP } from 'node:net';
import {
  Cluster,
  Cluster_DiscoveryType as Discovery,
  Cluster_DnsLookupFamily as Family,
  Cluster_LbPolicy as LbPolicy,
} from '../../../gen/envoy/config/cluster/v3/cluster.js';
import type { Metadata } from '../../../gen/envoy/config/core/v3/base.js';
import { ClusterLoadAssignment } from '../../../gen/envoy/config/endpoint/v3/endpoint.js';
import type { MeshConfig } from '../../kinds/mesh-config.js';
import type { MergedRule } from '../../model/destination-rules.js';
import type { Target } from '../../model/proxy-view.js';
import { createResource, type XdsResource } from '../../xds/resource.js';
import { isHttp2 } from '../fairlead/cluster-policy.js';
import { durationOf } from '../fairlead/duration.js';
import { fromAds } from '../grpc/listener.js';
import { balancing, detecting, limiting, spreading } from './cluster-policy.js';
import { speaking } from './cluster-protocol.js';
import type { BuildContext } from './context.js';
import { buildLoadAssignment, isListed, isNamed } from './endpoint.js';
import { buildHealthChecks } from './health-check.js';
import { outboundCluster, sniCluster } from './names.js';
import { buildUpstreamTls } from './upstream-tls.js';

/** The cluster of a target (mesh.md 2.2, 3.2). */
export function buildCluster(target: Target, context: BuildContext): XdsResource {
  const cluster = { ...common(target, context), ...special(target, context) };
  return resourceOf(Cluster.create(cluster), outboundCluster(target));
}

/** The same for connections that are encrypted already and say by name of the server where they go. */
export function buildSniCluster(target: Target, context: BuildContext): XdsResource {
  const cluster = Cluster.create({ ...common(target, context), name: sniCluster(target) });
  return resourceOf(cluster, outboundCluster(target));
}

/** Where the cluster of a target runs; undefined where the cluster says it itself. */
export function buildEndpoints(target: Target, context: BuildContext): XdsResource | undefined {
  if (discoveryOf(target, context) !== Discovery.EDS) return undefined;
  const name = outboundCluster(target);
  const value = buildLoadAssignment(name, context.view.endpoints(target), isListed);
  return createResource('endpoints', name, { value: ClusterLoadAssignment.encode(value).finish() });
}

function resourceOf(cluster: Cluster, endpoints: string): XdsResource {
  const references = cluster.type === Discovery.EDS ? [{ kind: 'endpoints', name: endpoints } as const] : [];
  return createResource('cluster', cluster.name, { value: Cluster.encode(cluster).finish(), references });
}

type Fields = Parameters<typeof Cluster.create>[0];

function common(target: Target, context: BuildContext): Fields {
  const { view } = context;
  const policy = view.policy(target);
  const name = outboundCluster(target);
  const discovery = discoveryOf(target, context);
  const isBalanced = discovery !== Discovery.ORIGINAL_DST;
  const { localityLbSetting } = view.mesh;
  const isDistributed = view.proxy.locality !== '' && (localityLbSetting?.distribute.length ?? 0) > 0;
  return {
    name,
    ...found(discovery, target, context),
    ...(isBalanced ? balancing(policy) : { lbPolicy: LbPolicy.CLUSTER_PROVIDED }),
    ...limiting(policy.connectionPool, view.mesh),
    outlierDetection: detecting(policy.outlierDetection),
    commonLbConfig: spreading(isBalanced ? policy.outlierDetection : undefined, isBalanced && isDistributed),
    metadata: metadataOf(view.destinationRule(target.service), target.subset),
  };
}

/** What counts only for requests that Envoy makes itself. */
function special(target: Target, context: BuildContext): Fields {
  const { service, port } = target;
  const { connectionPool: pool, tls } = context.view.policy(target);
  const isFixed = discoveryOf(target, context) !== Discovery.ORIGINAL_DST;
  const check = { host: service.hostname, isHttp2: isHttp2(port.protocol, pool) };
  return {
    ...speaking(port.protocol, pool),
    healthChecks: isFixed ? buildHealthChecks(context.view.destinationRule(service), check) : [],
    transportSocket: buildUpstreamTls(tls, target, context),
  };
}

/** Where endpoints come from. Places that are given by name have to be looked up, wherever they are from. */
function discoveryOf(target: Target, { view }: BuildContext): Discovery {
  const { resolution } = target.service;
  // Who calls a gateway does not know where it is to go on to.
  const goesOn = resolution === 'PASSTHROUGH' || view.policy(target).loadBalancer?.simple === 'PASSTHROUGH';
  if (goesOn && view.proxy.type !== 'router') return Discovery.ORIGINAL_DST;
  if (resolution === 'DNS') return Discovery.STRICT_DNS;
  const instances = view.instances(target.service);
  const hasNames = instances.some(({ family, address }) => family === 'tcp' && isIP(address) === 0);
  return hasNames ? Discovery.STRICT_DNS : Discovery.EDS;
}

function found(discovery: Discovery, target: Target, { view }: BuildContext): Fields {
  const name = outboundCluster(target);
  if (discovery === Discovery.EDS)
    return { type: discovery, edsClusterConfig: { edsConfig: fromAds, serviceName: name } };
  if (discovery !== Discovery.STRICT_DNS) return { type: discovery };
  return {
    type: discovery,
    loadAssignment: buildLoadAssignment(name, view.endpoints(target), isNamed),
    dnsLookupFamily: Family.V4_PREFERRED,
    ...refreshing(view.mesh),
  };
}

/** Envoy's own 5 seconds are not said: later Envoys have another place for it. */
function refreshing({ dnsRefreshRate }: MeshConfig): Pick<Fields & object, 'dnsRefreshRate'> {
  if (dnsRefreshRate.toNanos() === 5_000_000_000n) return {};
  // It has to be more than a millisecond.
  return { dnsRefreshRate: dnsRefreshRate.toNanos() <= 1_000_000n ? { nanos: 2_000_000 } : durationOf(dnsRefreshRate) };
}

/** Tells people whose rule it is, by Istio's names. */
function metadataOf(rule: MergedRule | undefined, subset = ''): Metadata | undefined {
  const [config] = rule?.configs ?? [];
  if (config === undefined) return undefined;
  const path = `/apis/networking.istio.io/v1alpha3/namespaces/${config.namespace}/destination-rule/${config.name}`;
  return { filterMetadata: { istio: { config: path, ...(subset !== '' && { subset }) } } };
}
