import { createHash } from 'node:crypto';
import { type Node, ProxyConfig, type Settings } from '../../../gen/fairlead/proxy/v1/config.js';
import type { Model } from '../../model/model.js';
import type { ProxyView } from '../../model/proxy-view.js';
import type { Proxy } from '../../model/service.js';
import { buildClusters } from './cluster.js';
import { inboundPorts } from './inbound-port.js';
import { buildListeners } from './listener.js';
import { uidOf } from './mixer.js';
import { buildMixerTransport } from './mixer-transport.js';
import type { BuildContext, BuildOptions } from './options.js';
import { sortedEntries } from './order.js';

/**
 * Builds all that a proxy does from the mesh as the proxy sees it. The same mesh and options give the same configuration to
 * the byte, and its version is told by what it says. Never throws for what users wrote: what cannot be is left out.
 */
export function buildProxyConfig(model: Pick<Model, 'viewFor'>, proxy: Proxy, options: BuildOptions = {}): ProxyConfig {
  const context = createContext(model.viewFor(proxy), options);
  const config: ProxyConfig = { version: '', ...buildTraffic(context), ...buildSettings(context) };
  return { ...config, version: versionOf(config) };
}

/** What all parts are built from; each problem is told once. */
export function createContext(view: ProxyView, options: BuildOptions, share?: Map<string, unknown>): BuildContext {
  const told = { ...options, onProblem: toldOnce(options.onProblem) };
  return { view, options: told, shared: share && { made: share, prefix: keyOf(view, options) } };
}

/** Proxies of one key have the same clusters of services and the same routes to them. */
function keyOf({ proxy }: ProxyView, { certificates }: BuildOptions): string {
  const { type, namespace, labels, locality } = proxy;
  return JSON.stringify([type, namespace, sortedEntries(labels), locality, certificates]);
}

/** Where traffic comes from, and where it goes. */
function buildTraffic(
  context: BuildContext,
): Pick<ProxyConfig, 'listeners' | 'routeTables' | 'clusters' | 'endpoints'> {
  const inbound = inboundPorts(context);
  const { listeners, tables } = buildListeners(context, inbound);
  const { clusters, endpoints } = buildClusters(context, inbound);
  return { listeners, routeTables: tables, clusters, endpoints };
}

/** Who the proxy is, and whom it tells what it does. */
export function buildSettings(context: BuildContext): Settings {
  const { traceCollector } = context.options;
  return { mixer: buildMixerTransport(context), traceCollector, node: buildNode(context) };
}

/** One mistake shows at many places. */
function toldOnce(tell: BuildOptions['onProblem']): (message: string) => void {
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
