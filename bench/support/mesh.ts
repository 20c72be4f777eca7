import { parseResources, type Resource } from '../../src/config/index.js';
import { invariant } from '../../src/util/invariant.js';
import type { Instance, Service } from '../../src/pilot/index.js';
import type { KnownService } from '../../src/pilot/registry/tracked-registry.js';

/** How large a mesh is: services with two endpoints, half as many VirtualServices. */
export interface MeshSize {
  readonly services: number;
}

const namespaces = 10;
const nameOf = (at: number): { name: string; namespace: string; hostname: string } => {
  const [name, namespace] = [`service-${at}`, `ns-${at % namespaces}`];
  return { name, namespace, hostname: `${name}.${namespace}.svc.cluster.local` };
};
const byte = (value: number): number => value & 255;

/** A service and where it runs; another `step` is another second endpoint. */
export function serviceAt(at: number, step = 0): KnownService {
  const service: Service = {
    ...nameOf(at),
    addresses: [`10.1.${byte(at >> 8)}.${byte(at)}`],
    ports: [{ name: 'http', number: 9080, protocol: 'HTTP' }],
    resolution: 'LISTED',
    isExternal: false,
    serviceAccounts: [],
    createdAt: 0,
    exportTo: [],
    labels: new Map(),
    uid: '',
    registry: 'bench',
  };
  const instanceAt = (address: string): Instance => ({
    hostname: service.hostname,
    namespace: service.namespace,
    portName: 'http',
    address,
    family: 'tcp',
    port: 9080,
    labels: new Map([['version', 'v1']]),
    locality: 'region/zone',
    network: '',
    weight: 1,
    serviceAccount: '',
    uid: `kubernetes://${service.name}.${service.namespace}`,
  });
  const low = `${byte(at >> 8)}.${byte(at)}`;
  return { service, instances: [instanceAt(`10.2.${low}`), instanceAt(`10.${3 + (step % 100)}.${low}`)] };
}

/** Half of the services have a VirtualService: a header leads elsewhere, and the rest is split by weight. */
export function configAt({ services }: MeshSize, step = 0): readonly Resource[] {
  const weight = 90 - (step % 10);
  const rules = Array.from({ length: services / 2 }, (_, index) => {
    const [own, other] = [nameOf(2 * index), nameOf(2 * index + 1)];
    return `kind: VirtualService
metadata: { name: ${own.name}, namespace: ${own.namespace} }
spec:
  hosts: [${own.hostname}]
  http:
    - match: [{ headers: { end-user: { exact: jason } } }]
      route: [{ destination: { host: ${other.hostname} } }]
    - timeout: 5s
      route:
        - { destination: { host: ${own.hostname} }, weight: ${weight} }
        - { destination: { host: ${other.hostname} }, weight: ${100 - weight} }
---
`;
  });
  const mesh = `kind: MeshConfig
metadata: { name: mesh, namespace: istio-system }
spec: { connectTimeout: ${1 + (step % 10)}s }
---
`;
  const { resources, diagnostics } = parseResources(mesh + rules.join(''), { file: 'mesh', defaultNamespace: 'ns-0' });
  invariant(diagnostics.length === 0, JSON.stringify(diagnostics[0]));
  return resources;
}
