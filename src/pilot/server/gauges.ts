import { Gauge, type Registry } from 'prom-client';
import { resourceKinds } from '../xds/resource.js';
import type { Pilot } from './types.js';

/** Values that are read off when somebody scrapes. */
const gauges: readonly (readonly [name: string, help: string, read: (pilot: Pilot) => number])[] = [
  ['pilot_xds', 'Connected proxies.', ({ xds }) => xds.proxies().length],
  ['pilot_services', 'Services known.', ({ model }) => model.services.services.length],
  ['pilot_virt_services', 'VirtualServices in force.', ({ model }) => model.virtualServices.length],
  ['pilot_eds_no_instances', 'Services of the mesh that run nowhere.', countEmpty],
  ['pilot_xds_eds_instances', 'Places where services run.', ({ registry }) => registry.instanceCount],
  ['pilot_no_ip', 'Connected sidecars that do not say where they are.', countWithoutAddress],
  [
    'pilot_total_rejected_configs',
    'Mistakes that make configuration ineffective.',
    (pilot) => countWith(pilot, 'error'),
  ],
  ['pilot_config_warnings', 'Parts of the configuration that have no effect.', (pilot) => countWith(pilot, 'warning')],
  ['pilot_vservice_dup_domain', 'Hosts that an older VirtualService has taken.', (pilot) => countText(pilot, isTaken)],
  ['pilot_destrule_subsets', 'Subsets that several DestinationRules have.', (pilot) => countText(pilot, isSubset)],
];

const rejecting = { cluster: 'cds', endpoints: 'eds', listener: 'lds', route: 'rds' } as const;

/** Sets all gauges to what is so now. */
export function setGauges(pilot: Pilot, register: Registry): void {
  const gauge = (name: string, help: string): Gauge =>
    (register.getSingleMetric(name) as Gauge | undefined) ?? new Gauge({ name, help, registers: [register] });
  for (const [name, help, read] of gauges) gauge(name, help).set(read(pilot));
  const kinds = pilot.xds.proxies().flatMap((proxy) => proxy.kinds);
  for (const kind of resourceKinds) {
    const count = kinds.filter((one) => one.kind === kind && one.rejected !== undefined).length;
    gauge(`pilot_xds_${rejecting[kind]}_reject`, 'Proxies that reject what they were sent last.').set(count);
  }
}

function countEmpty({ model: { services } }: Pilot): number {
  return services.services.filter(
    (one) => one.resolution === 'LISTED' && !one.isExternal && services.instances(one).length === 0,
  ).length;
}

function countWithoutAddress({ clients }: Pilot): number {
  return clients.all().filter(({ proxy }) => proxy.type === 'sidecar' && proxy.ips.length === 0).length;
}

function countWith({ diagnostics }: Pilot, severity: 'error' | 'warning'): number {
  return diagnostics.filter((one) => one.severity === severity).length;
}

// The texts are the model's own; a code for each of them would be one that nobody else needs.
const isTaken = (message: string): boolean => /the older VirtualService '.*' routes/.test(message);
const isSubset = (message: string): boolean => message.endsWith('has a subset of this name');

function countText({ diagnostics }: Pilot, fits: (message: string) => boolean): number {
  return diagnostics.filter(({ message }) => fits(message)).length;
}
