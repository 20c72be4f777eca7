import { type BuildInput, Duration, type Env, type Handler, type Instance } from 'fairlead/sdk';
import type { metric } from 'fairlead/templates';

import { Collectors, type Owner } from './collectors.js';
import type { PrometheusConfig } from './config.js';
import { createDefinition, type Definition } from './definition.js';
import type { Family } from './family.js';
import { describeDifference } from './label-reader.js';
import { Overflow } from './overflow.js';
import { Recorder } from './recorder.js';

type MetricInstance = Instance<typeof metric>;
type Input = BuildInput<PrometheusConfig, typeof metric>;

const maxReportedErrors = 10;
const dayMillis = 24 * 60 * 60 * 1000;

/** Registers the configured metrics with the host's collectors and feeds them. */
export function createHandler({ name, config, types, env }: Input): Handler<typeof metric> {
  const definitions = config.metrics.map(createDefinition);
  const exposed = env.expose('prometheus', () => new Collectors());
  const { source } = exposed;
  const owner: Owner = { name };
  const families = source.claim(owner, definitions, env.clock.now());
  if ('conflict' in families) {
    exposed.release();
    throw new Error(`could not register metric: ${families.conflict}`);
  }
  warnOfMismatches(definitions, types, env);
  const overflow = new Overflow(config.maxSeriesPerMetric, env);
  const recorders = new Map(
    definitions.map((definition, index) => {
      return [definition.instanceName, new Recorder(definition, families[index]!, overflow)];
    }),
  );
  const stop = scheduleExpiry(config.metricsExpirationPolicy, families, env);
  return {
    handleMetric: (instances) => {
      const problems = record(recorders, instances, env.clock.now());
      overflow.settle();
      if (problems !== undefined) throw new Error(joinProblems(problems));
    },
    close: () => {
      stop();
      source.release(owner);
      exposed.release();
    },
  };
}

function record(
  recorders: ReadonlyMap<string, Recorder>,
  instances: readonly MetricInstance[],
  now: number,
): readonly string[] | undefined {
  let problems: string[] | undefined;
  for (const instance of instances) {
    const recorder = recorders.get(instance.name);
    const problem =
      recorder === undefined
        ? `could not find metric info from adapter config for ${instance.name}`
        : recorder.record(instance, now);
    if (problem !== undefined) (problems ??= []).push(problem);
  }
  return problems;
}

function joinProblems(problems: readonly string[]): string {
  const shown = problems.slice(0, maxReportedErrors).join('; ');
  const rest = problems.length - maxReportedErrors;
  return rest > 0 ? `${shown}; and ${rest} more` : shown;
}

function scheduleExpiry(
  policy: PrometheusConfig['metricsExpirationPolicy'],
  families: readonly Family[],
  env: Env,
): () => void {
  if (policy === undefined) return () => undefined;
  const expiry = policy.metricsExpiryDuration.toMillis();
  const asked = policy.expiryCheckIntervalDuration;
  const interval = asked.equals(Duration.zero) ? expiry / 2 : asked.toMillis();
  // More often than every millisecond only burns the processor, and a timer cannot wait for longer than 24 days.
  const turn = (): Promise<void> => new Promise((resolve) => void env.schedule.now(resolve));
  return env.schedule.every(Math.min(Math.max(1, interval), dayMillis), async () => {
    const before = env.clock.now() - expiry;
    for (const family of new Set(families)) {
      const steps = family.expire(before);
      while (steps.next().done !== true) await turn();
    }
  });
}

/** Mixer fails only when the instance arrives; so does this adapter, but it says so when it is built. */
function warnOfMismatches(definitions: readonly Definition[], types: Input['types'], env: Env): void {
  const defined = new Map(definitions.map((definition) => [definition.instanceName, definition]));
  for (const [instance, type] of types.metric) {
    const definition = defined.get(instance);
    if (definition === undefined) {
      env.log.warn('metric instance has no definition in this handler', { instance });
      continue;
    }
    const exemplar = definition.exemplar === undefined ? [] : [definition.exemplar];
    const labels = [...definition.labels, ...exemplar].map((label) => label.dimension);
    const difference = describeDifference(labels, Object.keys(type.dimensions));
    if (difference !== '') env.log.warn('dimensions differ from the label names', { instance, difference });
  }
}
