import type { QuotaConfig, ServiceConfig } from './config.js';

/** A service, with its quotas by the name of their instances. */
export interface Service {
  readonly googleName: string;
  readonly quotas: ReadonlyMap<string, QuotaConfig>;
}

/**
 * Finds the service that an instance is about. Mixer took it from `destination.service`, which adapters do not see, so it
 * is what the instance itself says: the name in the mesh or at Google. Who says nothing means the only service there is.
 */
export class Services {
  readonly all: readonly Service[];
  readonly #byName = new Map<string, Service>();
  readonly #only: Service | undefined;

  constructor(configs: readonly ServiceConfig[]) {
    const named = configs.map((config) => ({ config, service: createService(config) }));
    this.all = named.map(({ service }) => service);
    this.#only = this.all.length === 1 ? this.all[0] : undefined;
    // Names in the mesh go first, and of those the first of each.
    for (const { config, service } of named.toReversed()) this.#byName.set(config.googleServiceName, service);
    for (const { config, service } of named.toReversed()) this.#byName.set(config.meshServiceName, service);
  }

  /** By what the instance says; undefined for a service that is not configured. */
  find(name: string): Service | undefined {
    return name === '' ? this.#only : this.#byName.get(name);
  }

  /** Like `find`; a quota that says nothing means the only service that has a quota of its name. */
  findForQuota(name: string, quota: string): Service | undefined {
    if (name !== '') return this.find(name);
    const having = this.all.filter(({ quotas }) => quotas.has(quota));
    return having.length === 1 ? having[0] : this.#only;
  }
}

function createService({ googleServiceName, quotas }: ServiceConfig): Service {
  return { googleName: googleServiceName, quotas: new Map(quotas.map((quota) => [quota.name, quota])) };
}
