import type { Instance, Service } from '../../../src/pilot/index.js';

/** A service of one port in the namespace `default`. */
export function serviceOf(hostname: string, given: Partial<Service> = {}): Service {
  return {
    hostname,
    name: hostname.split('.')[0]!,
    namespace: 'default',
    addresses: [],
    ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
    resolution: 'LISTED',
    isExternal: false,
    serviceAccounts: [],
    createdAt: 0,
    exportTo: [],
    labels: new Map(),
    uid: '',
    registry: 'test',
    ...given,
  };
}

/** A place where it runs. */
export function instanceOf(hostname: string, address: string, given: Partial<Instance> = {}): Instance {
  return {
    hostname,
    namespace: 'default',
    portName: 'http',
    address,
    family: 'tcp',
    port: 8080,
    labels: new Map(),
    locality: '',
    network: '',
    weight: 1,
    serviceAccount: '',
    uid: '',
    ...given,
  };
}
