import { randomUUID } from 'node:crypto';

import type { BuildInput, Handler } from 'fairlead/sdk';
import { createSampler, toSpan } from 'fairlead/sdk/tracing';
import type { logentry, metric, tracespan } from 'fairlead/templates';

import type { Attributes } from './attributes.js';
import { readCertificates } from './certificates.js';
import type { OtlpConfig } from './config.js';
import { createJson } from './json.js';
import { LogRecorder } from './log-recorder.js';
import { MetricRecorder } from './metric-recorder.js';
import { Pipeline } from './pipeline.js';
import { createProtobuf } from './protobuf.js';
import { writeSpan } from './span-message.js';
import type { Transport } from './transport.js';

type Templates = typeof metric | typeof logentry | typeof tracespan;
type Input = BuildInput<OtlpConfig, Templates>;
type SpanMethod = Handler<typeof tracespan>['handleTraceSpan'];

const maxReportedErrors = 10;

/** Makes a handler: each signal has its own queue, all share the way to the collector. */
export async function createHandler(input: Input): Promise<Handler<Templates>> {
  const { config, env } = input;
  const encoding = config.protocol === 'HTTP_JSON' ? createJson() : createProtobuf();
  const transport = await createTransport(config, encoding.contentType);
  const options = {
    env,
    encoding,
    transport,
    timeoutMillis: config.timeout.toMillis(),
    service: config.serviceName,
    secrets: secretsOf(config),
  };
  const own = ownResource(config);
  const metricPipeline = new Pipeline('metrics', { ...options, resourceOf: () => own });
  const logPipeline = new Pipeline('logs', { ...options, resourceOf: () => own });
  const spanPipeline = new Pipeline('traces', { ...options, resourceOf: (service) => spanResource(config, service) });
  const metrics = new MetricRecorder(input, metricPipeline);
  const logs = new LogRecorder(input, logPipeline);
  warnOfStrangers(input);
  const turn = (): Promise<void> => new Promise((resolve) => void env.schedule.now(resolve));
  let closing: Promise<void> | undefined;
  const stop = env.schedule.every(config.metricsInterval.toMillis(), async () => {
    const steps = metrics.export();
    while (closing === undefined && steps.next().done !== true) await turn();
  });
  const close = async (): Promise<void> => {
    stop();
    // The last sums: without them the end of a handler would lose up to an interval.
    Array.from(metrics.export());
    await Promise.all([metricPipeline.close(), logPipeline.close(), spanPipeline.close()]);
    transport.close();
  };
  return {
    handleMetric: (instances) => recordAll(instances, (instance) => metrics.record(instance)),
    handleLogEntry: (instances) => recordAll(instances, (instance) => logs.record(instance)),
    handleTraceSpan: createSpanMethod(input, spanPipeline),
    close: () => (closing ??= close()),
  };
}

async function createTransport(config: OtlpConfig, contentType: string): Promise<Transport> {
  const certificates = await readCertificates(config);
  if (config.protocol === 'GRPC') {
    const { createGrpcTransport } = await import('./grpc-transport.js');
    return createGrpcTransport(config, certificates);
  }
  const { createHttpTransport } = await import('./http-transport.js');
  return createHttpTransport(config, certificates, contentType);
}

function createSpanMethod({ config, env }: Input, pipeline: Pipeline): SpanMethod {
  const sampler = createSampler(config.traces.sampleProbability);
  const skipped = env.metrics.counter('spans_skipped', 'Spans that were not exported because they are malformed.');
  return (instances) => {
    for (const instance of instances) {
      const span = toSpan(instance, sampler);
      if (typeof span !== 'string') pipeline.offer(writeSpan, span, span.endpoint.serviceName || config.serviceName);
      else if (span !== 'not_sampled') skipped.add(1, { reason: span });
    }
  };
}

/** Values of headers and their words, the longest first; a short one is a word like any other. */
function secretsOf({ headers }: OtlpConfig): readonly string[] {
  return Array.from(headers.values(), (value) => [value, ...value.split(/\s+/)])
    .flat()
    .filter((word) => word.length >= 6)
    .sort((a, b) => b.length - a.length);
}

/** Metrics and logs are this process's own, and other Mixers count the same: an id tells their sums apart. */
function ownResource({ serviceName, resourceAttributes }: OtlpConfig): Attributes {
  return [...new Map([['service.name', serviceName], ['service.instance.id', randomUUID()], ...resourceAttributes])];
}

/** Spans are those of the workloads. */
function spanResource({ resourceAttributes }: OtlpConfig, service: string): Attributes {
  return [...new Map([...resourceAttributes, ['service.name', service]])];
}

/** A name that is written wrong would leave its instance with the defaults, and nobody the wiser. */
function warnOfStrangers({ config, types, env }: Input): void {
  for (const [field, known] of [['metrics', types.metric] as const, ['logs', types.logentry] as const]) {
    for (const instance of config[field].keys()) {
      if (!known.has(instance)) env.log.warn('no rule sends this instance', { field, instance });
    }
  }
}

/** Takes in all instances, and then tells what was wrong with some. */
function recordAll<T>(instances: readonly T[], take: (instance: T) => string | undefined): void {
  const problems: string[] = [];
  for (const instance of instances) {
    const problem = take(instance);
    if (problem !== undefined) problems.push(problem);
  }
  if (problems.length > 0) throw new Error(problems.slice(0, maxReportedErrors).join('; '));
}
