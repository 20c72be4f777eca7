// Metrics and access-log lines: the adapters' hot paths beside prom-client and pino, in the same run, taking turns.
import { Writable } from 'node:stream';
import { type Instance, stringify, type Value, type ValueType } from 'fairlead/sdk';
import type { logentry, metric } from 'fairlead/templates';
import { pino } from 'pino';
import { Counter, Registry } from 'prom-client';
import { Bag, Vocabulary } from '../src/attributes/index.js';
import { checkExpression, compileRecord, isCompileError } from '../src/expr/index.js';
import prometheus from '../src/adapters/prometheus/index.js';
import { createHandler as createStdio } from '../src/adapters/stdio/handler.js';
import stdio from '../src/adapters/stdio/index.js';
import { fakeCall, fakeEnv } from '../src/testing/fake-env.js';
import { decodeParams } from '../src/testing/params.js';
import { type BenchResult, median } from './result.js';

type MetricInstance = Instance<typeof metric>;
type LogInstance = Instance<typeof logentry>;
type Entries = readonly (readonly [string, Value])[];
type Values = Readonly<Record<string, Value>>;

const ROUNDS = 15;
const WARM = 6;
const BAGS = 256;
const call = fakeCall();
const bare = Object.create(null) as Values;

/** Makes the records of one instance as the runtime does: by code generated for its fields. */
function recordClass(sample: Entries): (entries: Entries) => Values {
  const vocabulary = new Vocabulary();
  const fields = sample.map(([name, value], index) => {
    vocabulary.define(`x${index}`, typeof value === 'bigint' ? 'INT64' : 'STRING');
    const checked = checkExpression(`x${index}`, vocabulary);
    if (isCompileError(checked)) throw new Error(checked.message);
    return { name, path: name, value: checked };
  });
  const build = compileRecord({ kind: 'record', fields });
  return (entries) => {
    const bag = Bag.fromValues(
      vocabulary,
      entries.map(([, value], index) => [`x${index}`, value]),
    );
    return build(bag) as Values;
  };
}

/** A string of its own, as decoding a message gives them. */
const fresh = (text: string): string => Buffer.from(text).toString('latin1');

/** Label values of one bag: 16 label sets in all, most labels shared, one integer. */
function labelsOf(bag: number, count: number): Entries {
  return Array.from({ length: count }, (_, index) => {
    const name = `label_name_${index.toString().padStart(2, '0')}`;
    if (index === 1) return [name, bag % 4 === 0 ? 404n : 200n] as const;
    return [name, fresh(`workload-${index}-${index === count - 1 ? bag % 8 : 'v1'}`)] as const;
  });
}

function instances(names: readonly string[], labels: number): MetricInstance[] {
  const makers = names.map(() => recordClass(labelsOf(0, labels)));
  return Array.from({ length: BAGS }, (_, bag) => {
    const entries = labelsOf(bag, labels);
    return names.map((name, index) => ({
      name,
      value: index === 0 ? '1' : BigInt(bag),
      dimensions: makers[index]!(entries),
      monitoredResourceType: undefined,
      monitoredResourceDimensions: bare,
    }));
  }).flat();
}

async function buildPrometheus(metrics: readonly { name: string; kind: string }[], labels: number) {
  const labelNames = labelsOf(0, labels).map(([name]) => name);
  const yaml = JSON.stringify({ metrics: metrics.map((one) => ({ ...one, instanceName: one.name, labelNames })) });
  const env = fakeEnv();
  const { config } = decodeParams(prometheus, yaml);
  const handler = await prometheus.build({ name: 'bench', config, types: { metric: new Map() }, env });
  return { handler, env };
}

/** Nanoseconds of CPU time per operation. */
function time(operations: number, work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / operations;
}

interface Contest {
  readonly name: string;
  readonly goal: string;
  readonly limit: number;
  readonly unit: 'ns' | 'ms';
  readonly ours: () => number | Promise<number>;
  readonly opponent: () => number | Promise<number>;
}

async function compare({ name, goal, limit, unit, ours, opponent }: Contest): Promise<BenchResult> {
  const our: number[] = [];
  const their: number[] = [];
  for (let round = 0; round < ROUNDS + WARM; round++) {
    const [a, b] = [await ours(), await opponent()];
    // The first rounds are for the compiler.
    if (round < WARM) continue;
    our.push(a);
    their.push(b);
  }
  const show = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ${unit}`;
  const figure = median(our);
  const ratio = median(our.map((value, index) => value / their[index]!));
  return { name, ours: show(figure), opponent: show(median(their)), ratio, goal, met: figure <= limit };
}

async function counter(labels: number, limit: number): Promise<BenchResult> {
  const { handler } = await buildPrometheus([{ name: 'c', kind: 'COUNTER' }], labels);
  const batch = instances(['c'], labels);
  const labelNames = labelsOf(0, labels).map(([name]) => name);
  const theirs = new Counter({ name: 'c', help: 'c', labelNames, registers: [new Registry()] });
  const objects = batch.map(({ dimensions }) =>
    Object.fromEntries(Object.entries(dimensions).map(([name, value]) => [name, stringify(value)])),
  );
  const passes = 40;
  return compare({
    name: `counter update, ${labels} labels (prom-client inc)`,
    goal: `<= ${limit} ns`,
    limit,
    unit: 'ns',
    ours: () =>
      time(passes * batch.length, () => {
        for (let pass = 0; pass < passes; pass++) void handler.handleMetric(batch, call);
      }),
    opponent: () =>
      time(passes * batch.length, () => {
        for (let pass = 0; pass < passes; pass++) for (const one of objects) theirs.inc(one, 1);
      }),
  });
}

async function defaultMetrics(): Promise<BenchResult> {
  const kinds = ['COUNTER', 'DISTRIBUTION', 'DISTRIBUTION', 'DISTRIBUTION'];
  const metrics = kinds.map((kind, index) => ({ name: `m${index}`, kind }));
  const { handler } = await buildPrometheus(metrics, 20);
  const batch = instances(
    metrics.map(({ name }) => name),
    20,
  );
  const { handler: single } = await buildPrometheus(metrics.slice(0, 1), 20);
  const alone = batch.filter(({ name }) => name === 'm0');
  const passes = 40;
  return compare({
    name: 'four default metrics of one bag, 20 labels (one counter of it)',
    goal: '<= 5200 ns',
    limit: 5200,
    unit: 'ns',
    ours: () =>
      time(passes * BAGS, () => {
        for (let pass = 0; pass < passes; pass++) void handler.handleMetric(batch, call);
      }),
    opponent: () =>
      time(passes * BAGS, () => {
        for (let pass = 0; pass < passes; pass++) void single.handleMetric(alone, call);
      }),
  });
}

async function exposition(): Promise<BenchResult> {
  const count = 100_000;
  const { handler, env } = await buildPrometheus([{ name: 'c', kind: 'COUNTER' }], 20);
  const names = labelsOf(0, 20).map(([name]) => name);
  const registry = new Registry();
  const theirs = new Counter({ name: 'c', help: 'c', labelNames: names, registers: [registry] });
  const make = recordClass(labelsOf(0, 20).map(([name]) => [name, '']));
  for (let index = 0; index < count; index++) {
    const entries = names.map((name, at) => [name, at === 5 ? `value-${index}` : `value-of-${name}`] as const);
    const dimensions = make(entries);
    const instance = { name: 'c', value: 1n, dimensions } as unknown as MetricInstance;
    void handler.handleMetric([instance], call);
    theirs.inc(Object.fromEntries(entries), 1);
  }
  const measure = async (scrape: () => string | Promise<string>): Promise<number> => {
    const start = performance.now();
    if (Buffer.byteLength(await scrape()) < count) throw new Error('too little was exposed');
    return performance.now() - start;
  };
  return compare({
    name: `exposition of ${count} lines of 20 labels (prom-client)`,
    goal: '<= 2000 ms',
    limit: 2000,
    unit: 'ms',
    ours: () => measure(() => env.exposed.get('prometheus')!.source.exposition()),
    opponent: () => measure(() => registry.metrics()),
  });
}

async function logLine(): Promise<BenchResult> {
  const fields = Array.from(
    { length: 40 },
    (_, index): { name: string; type: ValueType; value: (bag: number) => Value } => {
      const name = `fieldName${index.toString().padStart(2, '0')}`;
      if (index % 8 === 0) return { name, type: 'INT64', value: (bag: number): Value => BigInt(bag * 37) };
      const varies = index % 8 < 3;
      return {
        name,
        type: 'STRING',
        value: (bag: number): Value => fresh(`value-of-field-${varies ? bag : 1}`),
      };
    },
  );
  const types = Object.fromEntries(fields.map(({ name, type }) => [name, type]));
  const env = fakeEnv();
  const { config } = decodeParams(stdio, '{}');
  const monitored = { monitoredResourceType: 'STRING', monitoredResourceDimensions: {} } as const;
  const shape = { variables: types, timestamp: 'TIMESTAMP', severity: 'STRING', ...monitored } as const;
  const file = { append: () => Promise.resolve(), close: () => Promise.resolve() };
  const input = { name: 'bench', config, env, types: { logentry: new Map([['log', shape]]), metric: new Map() } };
  const handler = createStdio(input, file);
  const make = recordClass(fields.map(({ name, value }) => [name, value(0)] as const));
  const batch = Array.from({ length: BAGS }, (_, bag) => {
    const variables = make(fields.map(({ name, value }) => [name, value(bag)] as const));
    return { name: 'log', variables, severity: 'Info', timestamp: undefined } as unknown as LogInstance;
  });
  const log = pino({ base: null }, new Writable({ write: (_, __, done) => done() }));
  const objects = batch.map(({ variables }) =>
    Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
    ),
  );
  const passes = 20;
  return compare({
    name: 'log line of 40 fields (pino)',
    goal: '<= 4000 ns',
    limit: 4000,
    unit: 'ns',
    ours: async () => {
      const figure = time(passes * BAGS, () => {
        for (let pass = 0; pass < passes; pass++) void handler.handleLogEntry(batch, call);
      });
      await new Promise((resolve) => setImmediate(resolve));
      return figure;
    },
    opponent: async () => {
      const figure = time(passes * BAGS, () => {
        for (let pass = 0; pass < passes; pass++) for (const one of objects) log.info(one);
      });
      await new Promise((resolve) => setImmediate(resolve));
      return figure;
    },
  });
}

/** Compares counters, the exposition and log lines with the libraries that one would take. */
export async function run(): Promise<readonly BenchResult[]> {
  const hot = [await counter(20, 1300), await counter(3, 200), await defaultMetrics(), await logLine()];
  return [...hot, await exposition()];
}
