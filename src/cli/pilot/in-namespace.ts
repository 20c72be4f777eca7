import type { LiveRegistry, Registry, RegistryChange, TrackedRegistry } from '../../pilot/index.js';

/** What a registry knows of one namespace; of all of them for an empty name. */
export function inNamespace(registry: LiveRegistry, namespace: string): Registry {
  if (namespace === '') return registry;
  const isWanted = (key: string): boolean => key.startsWith(`${namespace}/`);
  const only = (keys: ReadonlySet<string>): ReadonlySet<string> => new Set([...keys].filter(isWanted));
  const keys = (): readonly string[] => [...registry.keys()].filter(isWanted);
  const instances = () => keys().flatMap((key) => registry.get(key)?.instances ?? []);
  const limited: TrackedRegistry = {
    name: registry.name,
    get instanceCount() {
      return instances().length;
    },
    keys,
    get: (key) => (isWanted(key) ? registry.get(key) : undefined),
    services: () => keys().flatMap((key) => registry.get(key)?.service ?? []),
    instances,
    onChange: (listener) =>
      registry.onChange((change) => {
        const found: RegistryChange = { services: only(change.services), instances: only(change.instances) };
        if (found.services.size + found.instances.size > 0) listener(found);
      }),
  };
  return limited;
}
