import type { Target } from '../../model/proxy-view.js';
import { clusterName, clusterSni } from '../../model/naming.js';

// The names that everything of this flavour is known by (mesh.md 3.2): listeners, routes and clusters find each other
// by them, and people find them in Envoy's dumps.
export { blackHoleCluster, defaultRoute, httpProxyTable, listenerName, passthroughCluster } from '../fairlead/names.js';

/** Takes what comes to a sidecar for a port that no service has: goes on to where it wanted to go. */
export const inboundPassthroughCluster = 'InboundPassthroughClusterIpv4';
/** The address that a sidecar calls its own workload from, so that the call is not taken in again. */
export const inboundPassthroughAddress = '127.0.0.6';
/** The listener for all that leaves a workload. */
export const virtualOutboundListener = 'virtualOutbound';
/** The listener for all that comes to a workload. */
export const virtualInboundListener = 'virtualInbound';
/** The port of the listener for all that comes to a workload. */
export const virtualInboundPort = 15_006;

/** The cluster of a port of a service, or of a subset of it: `outbound|9080|v1|reviews.default.svc.cluster.local`. */
export function outboundCluster({ service, port, subset = '' }: Target): string {
  return clusterName({ direction: 'outbound', port: port.number, subset, host: service.hostname });
}

/** The same for connections that name it as their server, at a gateway that passes them on. */
export function sniCluster({ service, port, subset = '' }: Target): string {
  return clusterSni({ direction: 'outbound', port: port.number, subset, host: service.hostname });
}

/** The routes of a sidecar's outbound listener for HTTP on a port: `9080`; port 0 is the HTTP proxy's. */
export function outboundRoutes(port: number): string {
  return port === 0 ? 'http_proxy' : String(port);
}

/** The only virtual host of the routes to a port of the own workload; the routes are named by the cluster. */
export function inboundVirtualHost(port: number): string {
  return `inbound|http|${port}`;
}

/** The virtual host for all that a gateway has no routes for. */
export function blackHoleVirtualHost(port: number): string {
  return `blackhole:${port}`;
}

/** The virtual host for hosts that nobody knows, where they may be called all the same. */
export const allowAnyVirtualHost = 'allow_any';
/** The virtual host for hosts that nobody knows, where they may not be called. */
export const blockAllVirtualHost = 'block_all';
