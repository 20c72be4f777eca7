import type { ConfigStore, LoadResult } from '../../config/index.js';
import { type Configs, readConfigs } from '../model/configs.js';
import { meshOf } from '../model/mesh.js';
import type { Instance, Service } from '../model/service.js';
import { fromServices } from './listed-services.js';
import { fileRegistry, type Registry } from './registry.js';
import { fromServiceEntry } from './service-entries.js';

/** The part of a store that is needed. */
export type WatchedStore = Pick<ConfigStore, 'current' | 'onChange'>;

interface State {
  readonly source: LoadResult;
  readonly configs: Configs;
  readonly services: readonly Service[];
  readonly instances: readonly Instance[];
}

/**
 * The services that ServiceEntry and Services resources of a store tell of. It reads what the store has now whenever
 * it is asked, so that it is never behind, and keeps the last sound version of a resource that breaks. What is wrong
 * with a resource the model tells, which reads the same store.
 */
export function createFileRegistry(store: WatchedStore): Registry {
  const name = fileRegistry;
  let state: State | undefined;
  const current = (): State => {
    const source = store.current();
    if (state?.source !== source) state = readState(source, state?.configs);
    return state;
  };
  return {
    name,
    services: () => current().services,
    instances: () => current().instances,
    onChange: (listener) => store.onChange(() => listener()),
  };

  function readState(source: LoadResult, former: Configs | undefined): State {
    const configs = readConfigs(source.resources, former);
    const { domain } = meshOf(configs).mesh;
    const known = [
      ...configs.list('ServiceEntry').map((config) => fromServiceEntry(config, name)),
      ...configs.list('Services').map((config) => fromServices(config, { registry: name, domain })),
    ];
    return {
      source,
      configs,
      services: Object.freeze(known.flatMap(({ services }) => services)),
      instances: Object.freeze(known.flatMap(({ instances }) => instances)),
    };
  }
}
