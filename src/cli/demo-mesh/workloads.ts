/** A workload of the demo's shop, as examples/config/mesh/services.yaml lists it. */
export interface Workload {
  readonly app: string;
  readonly version: string;
  /** Where its sidecar listens for others. */
  readonly address: string;
  /** The port in the bundled configuration; another one where somebody has it. */
  readonly port: number;
}

/** All that runs in the shop: four services, three of which have two versions. */
export const workloads: readonly Workload[] = [
  { app: 'storefront', version: 'v1', address: '127.0.0.11', port: 9081 },
  { app: 'reviews', version: 'v1', address: '127.0.0.12', port: 9082 },
  { app: 'reviews', version: 'v2', address: '127.0.0.13', port: 9083 },
  { app: 'catalogue', version: 'v1', address: '127.0.0.14', port: 9084 },
  { app: 'catalogue', version: 'v2', address: '127.0.0.15', port: 9085 },
  { app: 'payments', version: 'v1', address: '127.0.0.16', port: 9086 },
  { app: 'payments', version: 'v2', address: '127.0.0.17', port: 9087 },
];

/** `reviews-v1` */
export function nameOf({ app, version }: Workload): string {
  return `${app}-${version}`;
}
