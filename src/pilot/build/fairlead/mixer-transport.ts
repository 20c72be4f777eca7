import { isIP } from 'node:net';
import { Cluster, Cluster_Discovery as Discovery } from '../../../gen/fairlead/proxy/v1/cluster.js';
import type { MixerTransport } from '../../../gen/fairlead/proxy/v1/mixer.js';
import { clusterName } from '../../model/naming.js';
import { limiting } from './cluster-policy.js';
import { durationOf } from './duration.js';
import { fixedLocality } from './endpoint.js';
import { type BuildContext, leaveOut } from './options.js';
import { failPolicy } from './policy-check.js';

/** How Mixer is reached; without a server it runs in the proxy itself. */
export function buildMixerTransport(context: BuildContext): MixerTransport {
  const { mesh } = context.view;
  const { failOpen, maxRetries, baseRetryWait, maxRetryWait } = failPolicy(context);
  const nameOf = (server: string): string => {
    const place = parseServer(server);
    return place === undefined ? '' : clusterName({ direction: 'outbound', subset: '', ...place });
  };
  return {
    checkCluster: nameOf(mesh.mixerCheckServer),
    reportCluster: nameOf(mesh.mixerReportServer),
    disableCheckCache: false,
    disableQuotaCache: false,
    disableReportBatch: false,
    failOpen,
    maxRetries,
    baseRetryWait: durationOf(baseRetryWait),
    maxRetryWait: durationOf(maxRetryWait),
    reportBatchMaxEntries: mesh.reportBatchMaxEntries,
    reportBatchMaxTime: durationOf(mesh.reportBatchMaxTime),
    statsUpdateInterval: undefined,
  };
}

/** Clusters for the servers of Mixer, for where no registry knows them. */
export function mixerClusters(context: BuildContext): Cluster[] {
  const { mesh } = context.view;
  const servers = [...new Set([mesh.mixerCheckServer, mesh.mixerReportServer])].filter((server) => server !== '');
  return servers.flatMap((server) => {
    const place = parseServer(server);
    if (place === undefined) {
      leaveOut(context, `the server of Mixer must be host:port, not "${server}"`);
      return [];
    }
    const { host, port } = place;
    const cluster = Cluster.create({
      name: clusterName({ direction: 'outbound', subset: '', ...place }),
      discovery: isIP(host) === 0 ? Discovery.DNS : Discovery.STATIC,
      localities: [fixedLocality(host, port)],
      ...limiting(undefined, mesh),
      http2: true,
      dnsRefreshRate: isIP(host) === 0 ? durationOf(mesh.dnsRefreshRate) : undefined,
    });
    return [cluster];
  });
}

function parseServer(server: string): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain = '', port = ''] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(server) ?? [];
  return port === '' ? undefined : { host: (bracketed ?? plain).toLowerCase(), port: Number(port) };
}
