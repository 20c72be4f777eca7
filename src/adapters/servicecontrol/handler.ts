import { type BuildInput, Duration, type Handler, type Instance } from 'fairlead/sdk';
import type { apikey, quota, servicecontrolreport } from 'fairlead/templates';
import { createAuthorize } from './auth.js';
import { Checks } from './checks.js';
import { Client } from './client.js';
import type { ServicecontrolConfig } from './config.js';
import { Quotas } from './quotas.js';
import { Reports } from './reports.js';
import { Services } from './services.js';

type Templates = typeof apikey | typeof quota | typeof servicecontrolreport;
type Input = Pick<BuildInput<ServicecontrolConfig, Templates>, 'config' | 'env'>;

const keepNothing = { checkCacheSize: 0, checkResultExpiration: Duration.zero };

/** Asks and tells Service Control (adapters.md 4.13). Reads the credentials, but does not wait for Google. */
export async function createHandler({ config, env }: Input): Promise<Handler<Templates>> {
  const { endpoint, runtimeConfig = keepNothing } = config;
  const authorize = await createAuthorize(config.credentialPath);
  const services = new Services(config.serviceConfigs);
  const client = new Client({ endpoint, authorize, env });
  const checks = new Checks(services, client, env, runtimeConfig);
  const quotas = new Quotas(services, client, env.clock);
  const reports = new Reports(services, checks, env, { endpoint, authorize });
  return {
    handleApiKey: (instance, call) => checks.check(instance, call),
    handleQuota: (instance, args, call) => quotas.allocate(instance, args, call),
    handleServicecontrolReport: (instances) => addAll(reports, instances),
    close: () => reports.close(),
  };
}

/** One report that cannot be taken does not keep the others from it; the first reason is thrown in the end. */
function addAll(reports: Reports, instances: readonly Instance<typeof servicecontrolreport>[]): void {
  const failures: unknown[] = [];
  for (const instance of instances) {
    try {
      reports.add(instance);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
