import { portOf } from '../../model/service.js';
import type { Instance, Service } from '../../model/service.js';
import type { Pilot } from '../types.js';

/** One place where a service runs. */
export interface Endpoint {
  /** 0 for an address, 1 for the path of a socket. */
  readonly Family: number;
  readonly Address: string;
  readonly Port: number;
  readonly ServicePort: { readonly name: string; readonly port: number; readonly protocol: string };
  readonly UID: string;
  readonly Network: string;
  /** `region/zone/subzone` */
  readonly Locality: string;
  readonly LbWeight: number;
}

/** A place with what it is a place of. */
export interface EndpointOfService {
  readonly service: string;
  readonly namespace: string;
  readonly endpoint: Endpoint;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceaccount: string;
}

/** One service port of `/debug/endpointz`: `svc` is `host:portName`. The array ends with an empty object, as Istio's. */
export interface ServiceEndpoints {
  readonly svc: string;
  readonly ep: readonly EndpointOfService[];
}

/** Where all services run, by service and port. */
export function readEndpointz({ model: { services } }: Pilot): readonly (ServiceEndpoints | Record<string, never>)[] {
  const all = services.services.flatMap((service) =>
    service.ports.map(({ name }) => ({
      svc: `${service.hostname}:${name}`,
      ep: services
        .instances(service)
        .filter(({ portName }) => portName === name)
        .map((instance) => endpointOf(instance, service)),
    })),
  );
  return [...all, {}];
}

/** The same as lines: `host port address:port labels account`. */
export function writeEndpoints({ model: { services } }: Pilot): string {
  const lines = services.services.flatMap((service) =>
    services.instances(service).map(({ portName, address, port, labels, serviceAccount }) => {
      const texts = [...labels].map(([key, value]) => `${key}:${value}`).join(' ');
      return `${service.hostname}:${portName} ${service.hostname} ${portName} ${address}:${port} map[${texts}] ${serviceAccount}`;
    }),
  );
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

/** One place, as Istio's pages name its parts. */
export function endpointOf(instance: Instance, service: Service): EndpointOfService {
  const { address, family, port, portName, uid, network, locality, weight, labels, serviceAccount } = instance;
  const found = service.ports.find(({ name }) => name === portName);
  const { number = 0, protocol = '' } = found === undefined ? {} : (portOf(service, found.number) ?? {});
  return {
    service: service.hostname,
    namespace: service.namespace,
    endpoint: {
      Family: family === 'unix' ? 1 : 0,
      Address: address,
      Port: port,
      ServicePort: { name: portName, port: number, protocol },
      UID: uid,
      Network: network,
      Locality: locality,
      LbWeight: weight,
    },
    labels: Object.fromEntries(labels),
    serviceaccount: serviceAccount,
  };
}
