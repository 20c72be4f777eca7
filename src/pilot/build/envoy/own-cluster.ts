import {
  Cluster,
  Cluster_DiscoveryType as Discovery,
  Cluster_LbPolicy as LbPolicy,
} from '../../../gen/envoy/config/cluster/v3/cluster.js';
import { createResource, type XdsResource } from '../../xds/resource.js';
import type { InboundPort } from '../fairlead/inbound-port.js';
import { limiting } from './cluster-policy.js';
import { speaking } from './cluster-protocol.js';
import type { BuildContext } from './context.js';
import { fixedAssignment } from './endpoint.js';
import { blackHoleCluster, inboundPassthroughAddress, inboundPassthroughCluster, passthroughCluster } from './names.js';

/** Clusters that stand for no service: those of the own workload, and those that go anywhere or nowhere. */
export function buildOwnClusters(context: BuildContext, ports: readonly InboundPort[]): readonly XdsResource[] {
  const hole = Cluster.create({ name: blackHoleCluster, type: Discovery.STATIC, ...limitsOf(context) });
  const others = context.view.proxy.type === 'router' ? [] : passingOn(context);
  const clusters = [...ports.map((port) => buildInbound(port, context)), hole, ...others];
  return clusters.map((cluster) =>
    createResource('cluster', cluster.name, { value: Cluster.encode(cluster).finish() }),
  );
}

/** Of a DestinationRule only what limits connections counts for the own workload (mesh.md 2.2). */
function buildInbound({ cluster: name, service, servicePort, target }: InboundPort, { view }: BuildContext): Cluster {
  const pool = service && view.policy({ service, port: servicePort }).connectionPool;
  return Cluster.create({
    name,
    type: Discovery.STATIC,
    loadAssignment: fixedAssignment(name, target.address, target.port),
    ...limiting(pool, view.mesh),
    ...speaking(servicePort.protocol, undefined),
  });
}

function passingOn(context: BuildContext): readonly Cluster[] {
  const onward = {
    type: Discovery.ORIGINAL_DST,
    lbPolicy: LbPolicy.CLUSTER_PROVIDED,
    ...limitsOf(context),
    ...speaking('AUTO', undefined),
  };
  return [
    Cluster.create({ name: passthroughCluster, ...onward }),
    Cluster.create({
      name: inboundPassthroughCluster,
      ...onward,
      upstreamBindConfig: { sourceAddress: { address: inboundPassthroughAddress, portValue: 0 } },
    }),
  ];
}

function limitsOf({ view }: BuildContext) {
  return limiting(undefined, view.mesh);
}
