import type { Timing } from '../../../src/kube/index.js';
import type { Instance, Service } from '../../../src/pilot/index.js';
import { ServiceTable } from '../../../src/pilot/registry/service-table.js';
import { keyOf, type KnownService, type TrackedRegistry } from '../../../src/pilot/registry/tracked-registry.js';
import { ManualTime } from '../../support/manual-time.js';

/** Time that really passes. */
export const realTime: Timing = {
  now: () => performance.now(),
  after: (millis, work) => {
    const timer = setTimeout(work, millis);
    return () => clearTimeout(timer);
  },
  random: () => 0.5,
};

/** Time that stands still until it is moved. */
export function manualTiming(): { readonly time: ManualTime; readonly timing: Timing } {
  const time = new ManualTime();
  const timing = { now: time.monotonic, after: time.after.bind(time), random: () => 0 };
  return { time, timing };
}

/** A service with one port, 80, in the namespace `default`. */
export function serviceOf(hostname: string, given: Partial<Service> = {}): Service {
  return {
    hostname,
    name: hostname,
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

/** What is known of a service that runs at these addresses. */
export function knownOf(service: Service, ...addresses: readonly string[]): KnownService {
  const { hostname, namespace, ports } = service;
  const instances = addresses.map((address): Instance => {
    return {
      hostname,
      namespace,
      portName: ports[0]?.name ?? '',
      address,
      family: 'tcp',
      port: 8080,
      labels: new Map(),
      locality: '',
      network: '',
      weight: 1,
      serviceAccount: '',
      uid: '',
    };
  });
  return { service, instances };
}

/** A registry that knows what it is told. */
export class ToldRegistry implements TrackedRegistry {
  readonly #table = new ServiceTable();

  constructor(readonly name = 'test') {}

  tell(...known: readonly KnownService[]): this {
    this.#table.update(known.map((one) => [keyOf(one.service), one] as const));
    return this;
  }

  empty(): void {
    this.#table.update(Array.from(this.#table.keys(), (key) => [key, undefined] as const));
  }

  get instanceCount(): number {
    return this.#table.instanceCount;
  }

  keys = () => this.#table.keys();
  get = (key: string) => this.#table.get(key);
  services = () => this.#table.services();
  instances = () => this.#table.instances();
  onChange: TrackedRegistry['onChange'] = (listener) => this.#table.onChange(listener);
}
