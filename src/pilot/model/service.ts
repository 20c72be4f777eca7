import type { Protocol } from '../kinds/protocols.js';

/** A port of a service. */
export interface ServicePort {
  readonly name: string;
  readonly number: number;
  readonly protocol: Protocol;
}

/** How the instances of a service are found: from a list, by DNS, or by the address that the client called. */
export type Resolution = 'LISTED' | 'DNS' | 'PASSTHROUGH';

/** A service, whatever registry it is from (mesh.md 3.1). Immutable. */
export interface Service {
  /** In lower case; may be a wildcard. */
  readonly hostname: string;
  readonly name: string;
  readonly namespace: string;
  /** Virtual addresses, or ranges of them; empty when it has none. */
  readonly addresses: readonly string[];
  readonly ports: readonly ServicePort[];
  readonly resolution: Resolution;
  /** Outside of the mesh. */
  readonly isExternal: boolean;
  /** Identities that its instances run under. */
  readonly serviceAccounts: readonly string[];
  /** Milliseconds since 1970; 0 when not known. */
  readonly createdAt: number;
  /** "*" or "."; empty for what the mesh says. */
  readonly exportTo: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
  /** The attribute destination.service.uid; empty when it has none. */
  readonly uid: string;
  /** The name of the registry that it is from. */
  readonly registry: string;
}

/** One port of one place where a service runs. Immutable. */
export interface Instance {
  readonly hostname: string;
  readonly namespace: string;
  /** The name of the service's port. */
  readonly portName: string;
  /** An IP address or a host name, or the path of a socket; then the port is 0. */
  readonly address: string;
  readonly family: 'tcp' | 'unix';
  readonly port: number;
  readonly labels: ReadonlyMap<string, string>;
  /** `region/zone/subzone`, as far as known. */
  readonly locality: string;
  readonly network: string;
  /** 1 or more. */
  readonly weight: number;
  readonly serviceAccount: string;
  readonly uid: string;
}

/** A proxy that wants to be configured. */
export interface Proxy {
  readonly id: string;
  readonly type: 'sidecar' | 'router';
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly ips: readonly string[];
  readonly locality: string;
}

/** The port of a service by its number. */
export function portOf(service: Service, number: number): ServicePort | undefined {
  return service.ports.find((port) => port.number === number);
}

/** Whether a sidecar is there that takes mutual TLS. */
export function takesMutualTls({ labels }: Instance): boolean {
  return labels.get('security.istio.io/tlsMode') === 'istio';
}
