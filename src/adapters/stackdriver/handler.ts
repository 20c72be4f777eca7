import type { BuildInput, Handler } from 'fairlead/sdk';
import type { edge, logentry, metric, tracespan } from 'fairlead/templates';
import { Api } from './api.js';
import { createTokens } from './auth.js';
import type { StackdriverConfig } from './config.js';
import { endpointsOf } from './endpoints.js';
import { loadGoogleAuth } from './google-auth.js';
import { LogRecorder } from './log-recorder.js';
import { readMetadata } from './metadata.js';
import { MetricRecorder } from './metric-recorder.js';
import { createSinks } from './sinks.js';
import { SpanRecorder } from './span-recorder.js';

type Templates = typeof edge | typeof logentry | typeof metric | typeof tracespan;
type Input = BuildInput<StackdriverConfig, Templates>;

/** Sends metrics, logs and spans to Google (adapters.md 4.8). Reads the credentials, but does not wait for Google. */
export async function createHandler(input: Input): Promise<Handler<Templates>> {
  const { config, env } = input;
  const endpoints = endpointsOf(config);
  const library = await loadGoogleAuth();
  const machine = await readMetadata(library, env);
  const metadata = { ...machine, projectId: config.projectId || machine.projectId };
  const { projectId } = metadata;
  if (projectId === '' && sendsAnything(config)) {
    throw new Error('project_id: Project ID not provided and could not be determined');
  }
  const tokens = await createTokens({ library, config, endpoints, projectId, log: env.log });
  const api = new Api(tokens);
  const metrics = new MetricRecorder(input, { api, endpoint: endpoints.monitoring, metadata });
  const logs = new LogRecorder(input, { api, endpoint: endpoints.logging, metadata });
  const spans = new SpanRecorder(input, { api, endpoint: endpoints.trace, projectId });
  const sinks = createSinks(config, env, { api, endpoint: endpoints.logging, projectId });
  const edges = env.metrics.counter('edges_dropped', 'Edges, which nothing at Google takes any more.');
  return {
    handleMetric: (instances) => metrics.record(instances),
    handleLogEntry: (instances) => logs.record(instances),
    handleTraceSpan: (instances) => spans.record(instances),
    handleEdge: (instances) => edges.add(instances.length),
    close: async () => {
      await Promise.all([metrics.close(), logs.close(), spans.close(), sinks.close()]);
    },
  };
}

function sendsAnything({ metricInfo, logInfo, trace }: StackdriverConfig): boolean {
  return metricInfo.size > 0 || logInfo.size > 0 || (trace?.sampleProbability ?? 0) > 0;
}
