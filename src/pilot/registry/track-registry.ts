import type { Stop } from '../../kube/index.js';
import type { Instance } from '../model/service.js';
import type { Registry } from './registry.js';
import { ServiceTable } from './service-table.js';
import { keyOf, type KnownService, type TrackedRegistry } from './tracked-registry.js';

/**
 * A registry that finds out what has changed by comparing: for those that are read as a whole, such as files. Of two
 * services with one key the first one counts. One that can tell changes is itself. `stop` ends the following.
 */
export function trackRegistry(registry: Registry): { readonly tracked: TrackedRegistry; readonly stop: Stop } {
  if (isTracked(registry)) return { tracked: registry, stop: () => undefined };
  const table = new ServiceTable();
  const compare = (): void => {
    const now = group(registry);
    const gone = [...table.keys()].filter((key) => !now.has(key));
    table.update([...gone.map((key) => [key, undefined] as const), ...now]);
  };
  compare();
  const stop = registry.onChange(compare);
  const tracked: TrackedRegistry = {
    name: registry.name,
    get instanceCount() {
      return table.instanceCount;
    },
    keys: () => table.keys(),
    get: (key) => table.get(key),
    services: () => table.services(),
    instances: () => table.instances(),
    onChange: (listener) => table.onChange(listener),
  };
  return { tracked, stop };
}

function isTracked(registry: Registry): registry is TrackedRegistry {
  return 'instanceCount' in registry && 'keys' in registry && 'get' in registry;
}

function group(registry: Registry): Map<string, KnownService> {
  const places = new Map<string, Instance[]>();
  for (const instance of registry.instances()) {
    const key = keyOf(instance);
    const list = places.get(key);
    if (list === undefined) places.set(key, [instance]);
    else list.push(instance);
  }
  const known = new Map<string, KnownService>();
  for (const service of registry.services()) {
    const key = keyOf(service);
    if (!known.has(key)) known.set(key, { service, instances: places.get(key) ?? [] });
  }
  return known;
}
