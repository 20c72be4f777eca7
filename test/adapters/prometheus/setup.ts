import type { Handler, InferredType, Instance, Value, ValueType } from 'fairlead/sdk';
import type { metric } from 'fairlead/templates';
import prometheus from '../../../src/adapters/prometheus/index.js';
import { fakeCall, fakeEnv, type FakeEnv } from '../../../src/testing/fake-env.js';
import { decodeParams } from '../../../src/testing/params.js';
import { parseText, type Sample } from './parse-text.js';

type Dimensions = Readonly<Record<string, Value>>;

/** A built handler, and what a scrape of its host says. */
export interface Built {
  readonly env: FakeEnv;
  readonly handler: Handler<typeof metric>;
  handle(...instances: Instance<typeof metric>[]): void;
  text(): string;
  /** The same in OpenMetrics, without what the host adds. */
  openMetrics(): string;
  /** Value of the only sample with this name and, when given, these label values. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
  close(): Promise<void>;
}

/** Builds a handler from YAML params, as the host would. */
export async function build(
  yaml: string,
  options: {
    readonly env?: FakeEnv;
    readonly name?: string;
    readonly types?: Readonly<Record<string, readonly string[]>>;
  } = {},
): Promise<Built> {
  const { env = fakeEnv(), name = 'h.default' } = options;
  const { config, problems } = decodeParams(prometheus, yaml);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const types = new Map(Object.entries(options.types ?? {}).map(([key, names]) => [key, typeOf(names)]));
  const handler = await prometheus.build({ name, config, types: { metric: types }, env });
  const text = (): string => (env.exposed.get('prometheus')?.source.exposition() as string | undefined) ?? '';
  return {
    env,
    handler,
    handle: (...instances) => void handler.handleMetric(instances, fakeCall({ clock: env.clock })),
    text,
    openMetrics: () => [...(env.exposed.get('prometheus')?.source.pieces?.('openmetrics') ?? [])].join(''),
    value: (sample, labels) => parseText(text()).samples.find((found) => matches(found, sample, labels))?.value,
    close: async () => {
      env.abort();
      await handler.close?.();
      env.dispose();
    },
  };
}

/** A metric instance; dimensions become an object without a prototype, as the host makes them. */
export function instance(name: string, value: Value | undefined, dimensions: Dimensions = {}): Instance<typeof metric> {
  return {
    name,
    value,
    dimensions: Object.assign(Object.create(null) as object, dimensions),
    monitoredResourceType: undefined,
    monitoredResourceDimensions: Object.create(null) as Dimensions,
  };
}

function typeOf(names: readonly string[]): InferredType<(typeof metric)['fields']> {
  return {
    value: 'INT64',
    dimensions: Object.fromEntries(names.map((name) => [name, 'STRING' satisfies ValueType])),
    monitoredResourceType: 'STRING',
    monitoredResourceDimensions: {},
  };
}

function matches(found: Sample, name: string, labels: Readonly<Record<string, string>> | undefined): boolean {
  if (found.name !== name) return false;
  return labels === undefined || JSON.stringify(Object.fromEntries(found.labels)) === JSON.stringify(labels);
}
