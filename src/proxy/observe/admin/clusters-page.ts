import type { UpstreamCluster, UpstreamEndpoint } from '../../upstream/types.js';
import { toJson } from './to-json.js';
import type { AdminPage } from './types.js';

/** Clusters and their endpoints with their health. */
export const clustersPage: AdminPage = {
  path: '/clusters',
  help: 'upstream cluster status',
  answer: ({ clusters }, query) =>
    query.get('format') === 'json'
      ? { type: 'json', body: toJson({ cluster_statuses: clusters().map(statusOf) }) }
      : { body: clusters().flatMap(linesOf).join('') },
};

function linesOf({ name, endpoints }: UpstreamCluster): string[] {
  return [
    `${name}::added_via_api::true\n`,
    ...endpoints.flatMap((endpoint) =>
      factsOf(endpoint).map(([fact, value]) => `${name}::${endpoint.name}::${fact}::${value}\n`),
    ),
  ];
}

function factsOf(endpoint: UpstreamEndpoint): (readonly [fact: string, value: string | number])[] {
  const [region, zone, subZone] = localityOf(endpoint);
  return [
    ['rq_active', endpoint.active],
    ['health_flags', flagsOf(endpoint)],
    ['region', region],
    ['zone', zone],
    ['sub_zone', subZone],
    ['priority', endpoint.priority],
  ];
}

function statusOf({ name, endpoints }: UpstreamCluster): unknown {
  return {
    name,
    added_via_api: true,
    host_statuses: endpoints.map((endpoint) => {
      const [region, zone, subZone] = localityOf(endpoint);
      return {
        address: { socket_address: { address: endpoint.address, port_value: endpoint.port } },
        stats: [{ type: 'GAUGE', name: 'rq_active', value: String(endpoint.active) }],
        health_status: {
          eds_health_status: 'HEALTHY',
          ...(endpoint.isHealthy ? undefined : { failed_active_health_check: true }),
          ...(endpoint.isEjected ? { failed_outlier_check: true } : undefined),
        },
        priority: endpoint.priority,
        locality: { region, zone, sub_zone: subZone },
      };
    }),
  };
}

function flagsOf({ isHealthy, isEjected }: UpstreamEndpoint): string {
  if (isHealthy && !isEjected) return 'healthy';
  return `${isHealthy ? '' : '/failed_active_hc'}${isEjected ? '/failed_outlier_check' : ''}`;
}

function localityOf({ locality }: UpstreamEndpoint): [region: string, zone: string, subZone: string] {
  const [region = '', zone = '', subZone = ''] = locality.split('/');
  return [region, zone, subZone];
}
