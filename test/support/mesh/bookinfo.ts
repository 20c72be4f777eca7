import { listServices, meshConfig, type Place, type ServiceSpec } from './services.js';
import type { StandIn } from './stand-in.js';
import type { TestMesh } from './test-mesh.js';

/** The services of bookinfo, as the samples mean them. */
export const versions = {
  productpage: ['v1'],
  details: ['v1', 'v2'],
  ratings: ['v1', 'v2', 'v2-mysql', 'v2-mysql-vm'],
  reviews: ['v1', 'v2', 'v3'],
} as const;

/** The services of bookinfo, running. */
export interface Bookinfo {
  /** What tells a proxy of them. */
  readonly services: string;
  /** By name and version, `reviews-v1`. */
  readonly apps: ReadonlyMap<string, StandIn>;
  /** All requests that came to a service. */
  count(service: string): number;
}

/** Starts stand-ins for bookinfo; `start` makes one of its HTTP services. */
export async function startBookinfo(
  mesh: TestMesh,
  start: (name: string, service: string) => Promise<StandIn> = (name) => mesh.http(name),
): Promise<Bookinfo> {
  const apps = new Map<string, StandIn>();
  const services: ServiceSpec[] = [];
  for (const [service, all] of Object.entries(versions)) {
    const places: Place[] = [];
    for (const version of all) {
      const name = `${service}-${version}`;
      const app = await start(name, service);
      apps.set(name, app);
      places.push({ app, labels: { app: service, version }, serviceAccount: `bookinfo-${service}` });
    }
    services.push({ name: service, ports: { http: 9080 }, places });
  }
  for (const { name, namespace, ports } of others) {
    const app = await ('http' in ports ? mesh.http(name) : mesh.tcp(name));
    apps.set(name, app);
    services.push({ name, namespace, ports, places: [{ app, labels: { app: name } }] });
  }
  return {
    services: listServices(services) + meshConfig(),
    apps,
    count: (service) =>
      [...apps].reduce((sum, [name, { seen }]) => (name.startsWith(`${service}-`) ? sum + seen.length : sum), 0),
  };
}

const others = [
  { name: 'mongodb', namespace: 'default', ports: { mongo: 27_017 } },
  { name: 'mysqldb', namespace: 'default', ports: { mysql: 3306 } },
  { name: 'cert-manager-resolver', namespace: 'istio-system', ports: { http: 8089 } },
];
