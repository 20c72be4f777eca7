import type { BuildInput, Handler } from 'fairlead/sdk';
import type { metric, tracespan } from 'fairlead/templates';
import type { SignalfxConfig } from './config.js';
import { createMetricSink } from './metrics.js';
import { createSpanSink } from './spans.js';
import { assertTypes } from './validate-types.js';

type Templates = typeof metric | typeof tracespan;

const maxReported = 10;

/** Metrics and spans go to SignalFx, as far as they are enabled. */
export function createHandler({ config, types, env }: BuildInput<SignalfxConfig, Templates>): Handler<Templates> {
  assertTypes(config, types);
  const metrics = config.enableMetrics ? createMetricSink(config, env) : undefined;
  const spans = config.enableTracing ? createSpanSink(config, env) : undefined;
  return {
    handleMetric: (instances) => throwAll(metrics?.record(instances)),
    handleTraceSpan: (instances) => spans?.record(instances),
    async close() {
      await Promise.all([metrics?.close(), spans?.close()]);
    },
  };
}

function throwAll(problems: readonly string[] = []): void {
  if (problems.length === 0) return;
  const rest = problems.length - maxReported;
  throw new Error(problems.slice(0, maxReported).join('; ') + (rest > 0 ? `; and ${rest} more` : ''));
}
