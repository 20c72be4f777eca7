import { createHash } from 'node:crypto';
import { type Node, ProxyConfig } from '../../../gen/fairlead/proxy/v1/config.js';
import type { Model } from '../../model/model.js';
import type { Proxy } from '../../model/service.js';
import { buildClusters } from './cluster.js';
import { inboundPorts } from './inbound-port.js';
import { buildListeners } from './listener.js';
import { uidOf } from './mixer.js';
import { buildMixerTransport } from './mixer-transport.js';
import type { BuildContext, BuildOptions } from './options.js';

/**
 * Builds all that a proxy does from the mesh as the proxy sees it. The same mesh and options give the same configuration to
 * the byte, and its version is told by what it says. Never throws for what users wrote: what cannot be is left out.
 */
export function buildProxyConfig(model: Pick<Model, 'viewFor'>, proxy: Proxy, options: BuildOptions = {}): ProxyConfig {
  const view = model.viewFor(proxy);
  const context: BuildContext = { view, options: { ...options, onProblem: once(options.onProblem) } };
  const inbound = inboundPorts(context);
  const { listeners, tables } = buildListeners(context, inbound);
  const { clusters, endpoints } = buildClusters(context, inbound);
  const config: ProxyConfig = {
    version: '',
    listeners,
    routeTables: tables,
    clusters,
    endpoints,
    mixer: buildMixerTransport(context),
    traceCollector: options.traceCollector,
    node: buildNode(context),
  };
  return { ...config, version: versionOf(config) };
}

/** One mistake shows at many places. */
function once(tell: BuildOptions['onProblem']): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (told.has(message)) return;
    told.add(message);
    tell?.(message);
  };
}

function versionOf(config: ProxyConfig): string {
  return createHash('sha256').update(ProxyConfig.encode(config).finish()).digest('hex').slice(0, 32);
}

function buildNode(context: BuildContext): Node {
  const { proxy, mesh } = context.view;
  const { id, type, ips, namespace, labels } = proxy;
  const app = labels.get('app');
  return {
    id: [type, ips[0] ?? '', id, `${namespace}.svc.${mesh.domain}`].join('~'),
    uid: uidOf(context),
    namespace,
    serviceName: app === undefined ? mesh.defaultConfig.serviceCluster : `${app}.${namespace}`,
  };
}
