import type { Config } from '../../kinds/kind.js';
import type { Gateway } from '../../kinds/gateway.js';
import { type GatewayServer, mergeGateways } from '../../model/gateways.js';
import type { Analyser } from '../analyser.js';
import type { AnalysedMesh } from '../mesh.js';
import { allPlaces } from '../places.js';

/** Servers that are left out where Gateways share a workload: their port is taken for something else (mesh.md 2.3). */
export const gatewayServerRejected: Analyser = {
  code: 'GATEWAY_SERVER_REJECTED',
  severity: 'warning',
  name: 'gateway-server-rejected',
  find(mesh) {
    const rejected = new Map<string, { readonly server: GatewayServer; readonly reason: string }>();
    for (const labels of labelSets(mesh)) {
      for (const one of mergeGateways(mesh.list('Gateway'), { labels }).rejected) {
        const key = `${one.server.gateway}[${one.server.index}]`;
        if (!rejected.has(key)) rejected.set(key, one);
      }
    }
    return Array.from(rejected.values(), ({ server: { config, index }, reason }) => ({
      resource: config.resource,
      at: `spec.servers[${index}].port`,
      message: `the server is left out: ${reason}`,
    }));
  },
};

/** The labels of what may serve Gateways: of known workloads, and what selectors themselves ask for. */
function labelSets(mesh: AnalysedMesh): readonly ReadonlyMap<string, string>[] {
  const selectors = mesh.list('Gateway').map(({ spec }: Config<Gateway>) => spec.selector);
  return [...selectors, ...allPlaces(mesh).map(({ labels }) => labels)];
}
