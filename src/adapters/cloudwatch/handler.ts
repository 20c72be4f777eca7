import type { BuildInput, Handler } from 'fairlead/sdk';
import type { logentry, metric } from 'fairlead/templates';
import { createLogsClient, createMetricsClient } from './clients.js';
import type { CloudwatchConfig } from './config.js';
import { createLogs } from './logs.js';
import { createMetrics } from './metrics.js';
import { createSkip } from './skips.js';
import { validateTypes } from './validate-types.js';

type Templates = typeof metric | typeof logentry;

/** Loads the clients that the rules have a use for. */
export async function createHandler(input: BuildInput<CloudwatchConfig, Templates>): Promise<Handler<Templates>> {
  const { config, types, env } = input;
  refuseMisfits(input);
  const skip = createSkip(env);
  const sendsLogs = [...types.logentry.keys()].some((name) => config.logs.has(name));
  const metricsClient = types.metric.size > 0 ? await createMetricsClient(config) : undefined;
  const logsClient = sendsLogs ? await createLogsClient(config) : undefined;
  const metrics = metricsClient && createMetrics({ config, env, skip, client: metricsClient });
  const logs = logsClient && createLogs({ config, env, skip, client: logsClient });
  return {
    handleMetric: (instances, call) => metrics?.handleMetric(instances, call),
    handleLogEntry(instances, call) {
      if (logs !== undefined) return logs.handleLogEntry(instances, call);
      for (const { name } of instances) skip('logentry', name, 'unknown');
    },
    async close() {
      await Promise.all([metrics?.close(), logs?.close()]);
    },
  };
}

/** What cannot be sent as configured; the rest of what there is to say about types the host has said. */
function refuseMisfits({ config, types }: BuildInput<CloudwatchConfig, Templates>): void {
  const problems: string[] = [];
  validateTypes(config, types, (path, message, severity = 'error') => {
    if (severity === 'error') problems.push(`${path}: ${message}`);
  });
  if (problems.length > 0) throw new Error(problems.join('; '));
}
