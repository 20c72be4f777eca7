import { randomUUID } from 'node:crypto';
import type { BuildInput, CallContext, Env, Handler, Instance } from 'fairlead/sdk';
import type { checknothing, metric, quota, reportnothing } from 'fairlead/templates';
import { encodeAny } from './any.js';
import { decodeCheckResult, decodeQuotaResult } from './answers.js';
import { Backend } from './backend.js';
import type { BypassConfig } from './config.js';
import { encodeMetric, encodeNothing, encodeQuota } from './instances.js';
import { Reports } from './reports.js';
import { encodeQuotaRequest, encodeRequest } from './requests.js';
import { closeSession, openSession, sessionConfig } from './session.js';

type Templates = typeof checknothing | typeof reportnothing | typeof metric | typeof quota;
type Input = Pick<BuildInput<BypassConfig, Templates>, 'config' | 'types' | 'env'>;

// Shorter than a host waits for a build, and for a close after what it takes to bring out reports.
const openMillis = 4000;
const closeMillis = 2000;

/** Connects a backend to the host (adapters.md 2.8). Waits for the backend only if a session is to be opened. */
export async function createHandler({ config, types, env }: Input): Promise<Handler<Templates>> {
  const backend = new Backend(config.backendAddress);
  const params = config.params === undefined ? undefined : encodeAny(config.params);
  let session: string | undefined;
  if (config.sessionBased) {
    try {
      session = await within(env, openMillis, (signal) => openSession(backend, { config: params, types }, signal));
    } catch (error) {
      backend.close();
      throw error;
    }
  }
  const sent = session === undefined ? params : sessionConfig(session);
  const reportsTo = (name: string, path: string): Reports => new Reports(env, name, { backend, path, config: sent });
  const metrics = reportsTo('metrics', '/metric.HandleMetricService/HandleMetric');
  const reports = reportsTo('reports', '/reportnothing.HandleReportNothingService/HandleReportNothing');
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([metrics.close(), reports.close()]);
    await endSession(env, backend, session);
    backend.close();
  };

  return {
    async handleCheckNothing(instance, call: CallContext) {
      const request = encodeRequest([encodeNothing(instance)], { config: sent, dedupId: randomUUID() });
      const path = '/checknothing.HandleCheckNothingService/HandleCheckNothing';
      return decodeCheckResult(await backend.call(path, request, call.signal));
    },
    async handleQuota(instance, args, call: CallContext) {
      const { name } = instance;
      const encoded = encodeQuota(instance, types.quota.get(name));
      const request = encodeQuotaRequest(encoded, { name, args, config: sent });
      return decodeQuotaResult(await backend.call('/quota.HandleQuotaService/HandleQuota', request, call.signal), {
        name,
        args,
      });
    },
    handleReportNothing(instances): void {
      for (const instance of instances) reports.offer(encodeNothing(instance));
    },
    handleMetric(instances): void {
      offerAll(instances, (instance) => metrics.offer(encodeMetric(instance, types.metric.get(instance.name))));
    },
    close: () => (closing ??= close()),
  };
}

/** One instance that cannot be sent does not keep the others from it; the first reason is thrown in the end. */
function offerAll(
  instances: readonly Instance<typeof metric>[],
  offer: (instance: Instance<typeof metric>) => void,
): void {
  const failures: unknown[] = [];
  for (const instance of instances) {
    try {
      offer(instance);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function endSession(env: Env, backend: Backend, session: string | undefined): Promise<void> {
  if (session === undefined) return;
  try {
    await within(env, closeMillis, (signal) => closeSession(backend, session, signal));
  } catch (error) {
    env.log.warn('session not closed', { session, error: error instanceof Error ? error.message : String(error) });
  }
}

/** Does work that ends with its signal, which is aborted when the time is over. */
async function within<T>(env: Env, millis: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const cancel = env.schedule.after(millis, () => abort.abort());
  try {
    return await work(abort.signal);
  } finally {
    cancel();
  }
}
