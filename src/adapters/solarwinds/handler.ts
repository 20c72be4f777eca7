import type { BuildInput, Handler } from 'fairlead/sdk';
import type { logentry, metric } from 'fairlead/templates';
import { createMetricSink } from './appoptics.js';
import type { SolarwindsConfig } from './config.js';
import { createLogSink } from './papertrail.js';
import { parsePapertrailUrl, parseReceiver } from './receiver.js';
import { assertTypes } from './validate-types.js';

type Templates = typeof metric | typeof logentry;

const maxReported = 10;

/** Metrics go to AppOptics and logs to Papertrail; without an account for them they go nowhere. */
export function createHandler({ config, types, env }: BuildInput<SolarwindsConfig, Templates>): Handler<Templates> {
  assertTypes(config, types);
  const receiver = parseReceiver(config.papertrailAddress) ?? parsePapertrailUrl(config.papertrailUrl);
  const metrics = config.appopticsAccessToken === '' ? undefined : createMetricSink(config, env);
  const logs = receiver === undefined ? undefined : createLogSink(config, env, receiver);
  return {
    handleMetric: (instances) => throwAll(metrics?.record(instances)),
    handleLogEntry: (instances) => throwAll(logs?.record(instances)),
    async close() {
      await Promise.all([metrics?.close(), logs?.close()]);
    },
  };
}

function throwAll(problems: readonly string[] = []): void {
  if (problems.length === 0) return;
  const rest = problems.length - maxReported;
  throw new Error(problems.slice(0, maxReported).join('; ') + (rest > 0 ? `; and ${rest} more` : ''));
}
