import type { Destination } from '../kinds/destination.js';
import { type ClusterParts, clusterName } from './naming.js';
import { portOf, type Service, type ServicePort } from './service.js';
import type { SidecarScope } from './sidecar-scope.js';

/** What a destination of a rule comes to. */
export interface ResolvedDestination {
  /** The name of the cluster, also of one that there is not: its requests fail. */
  readonly cluster: string;
  readonly parts: ClusterParts;
  /** Undefined where the proxy does not know the host. */
  readonly service: Service | undefined;
  /** Undefined where the service has no such port. */
  readonly port: ServicePort | undefined;
}

/** Where a destination leads: its own port, else the service's only one, else the listener's (mesh.md 2.1.4). */
export function resolveDestination(
  { host, subset, port }: Destination,
  { scope, listenerPort }: { readonly scope: SidecarScope; readonly listenerPort: number },
): ResolvedDestination {
  const service = scope.service(host);
  const [only] = service?.ports.length === 1 ? service.ports : [];
  const number = port?.number ?? only?.number ?? listenerPort;
  const parts: ClusterParts = { direction: 'outbound', port: number, subset, host };
  return { cluster: clusterName(parts), parts, service, port: service && portOf(service, number) };
}
