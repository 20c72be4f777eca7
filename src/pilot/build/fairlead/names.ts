/** Goes where the client wanted to go. */
export const passthroughCluster = 'PassthroughCluster';
/** Goes nowhere. */
export const blackHoleCluster = 'BlackHoleCluster';
/** The name of a route that a service has without rules. */
export const defaultRoute = 'default';
/** The routes of the HTTP proxy. */
export const httpProxyTable = 'http_proxy';

/** The name of a listener: `127.0.0.1_9080`. */
export function listenerName(address: string, port: number): string {
  return `${address}_${port}`;
}
