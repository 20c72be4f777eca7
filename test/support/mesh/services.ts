import type { StandIn } from './stand-in.js';

/** Where a service of a test runs. */
export interface Place {
  readonly app: StandIn;
  readonly labels?: Readonly<Record<string, string>>;
  readonly locality?: string;
  readonly serviceAccount?: string;
  /** `127.0.0.1` when left out. */
  readonly address?: string;
}

export interface ServiceSpec {
  readonly name: string;
  readonly namespace?: string;
  /** Virtual. */
  readonly address?: string;
  /** Numbers by name; every place serves all of them at one real port. */
  readonly ports: Readonly<Record<string, number>>;
  readonly places: readonly Place[];
}

/** A list of services, as the file registry takes it. */
export function listServices(services: readonly ServiceSpec[]): string {
  const items = services.map(({ name, namespace = 'default', address = '', ports, places }) => ({
    name,
    namespace,
    address,
    ports: Object.entries(ports).map(([portName, port]) => ({ name: portName, port })),
    instances: places.map(({ app, labels = {}, locality = '', serviceAccount = '', address: at = '127.0.0.1' }) => ({
      ...{ address: at, labels, locality, serviceAccount },
      ports: Object.fromEntries(Object.keys(ports).map((portName) => [portName, app.port])),
    })),
  }));
  return `---\nkind: Services\nmetadata: { name: listed }\nspec: ${JSON.stringify({ services: items })}\n`;
}

/** No log, no traces, and by default no way out to what nobody knows. */
export function meshConfig(fields = 'outboundTrafficPolicy: { mode: REGISTRY_ONLY }'): string {
  return `---\nkind: MeshConfig\nmetadata: { name: mesh }\nspec: { accessLogFile: '', enableTracing: false, ${fields} }\n`;
}
