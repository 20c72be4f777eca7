import { type BuildInput, type Instance, Timestamp } from 'fairlead/sdk';
import type { logentry, metric, tracespan } from 'fairlead/templates';

import type { MetricConfig, OtlpConfig } from './config.js';
import { createDefinition, type Definition } from './definition.js';
import { measure } from './measure.js';
import { type MetricPart, writeMetric } from './metric-message.js';
import type { Pipeline } from './pipeline.js';
import { findAmountProblem, record } from './series.js';
import { SeriesTable } from './series-table.js';

type Input = BuildInput<OtlpConfig, typeof metric | typeof logentry | typeof tracespan>;

interface Family {
  readonly definition: Definition;
  readonly table: SeriesTable;
}

/** For an instance that the configuration does not mention. */
const plainMetric: MetricConfig = {
  name: '',
  description: '',
  unit: '',
  kind: 'UNSPECIFIED',
  buckets: undefined,
  labelNames: [],
};

/** As many data points as surely fit a request, however long their attributes are. */
const pointsPerPart = 100;

/** Adds up metrics in this process, and hands the sums to a pipeline when asked to. */
export class MetricRecorder {
  readonly #families = new Map<string, Family>();
  readonly #input: Input;
  readonly #pipeline: Pipeline;
  readonly #start: Timestamp;

  constructor(input: Input, pipeline: Pipeline) {
    this.#input = input;
    this.#pipeline = pipeline;
    this.#start = Timestamp.fromMillis(input.env.clock.now());
    for (const name of input.types.metric.keys()) this.#families.set(name, this.#create(name));
  }

  /** Takes one instance in, or says why not. */
  record(instance: Instance<typeof metric>): string | undefined {
    const { definition, table } = this.#familyOf(instance.name);
    const amount = measure(instance.value);
    if (amount === undefined) return `metric ${instance.name}: its value is no number`;
    // First of all: a stream that never got a value is none.
    const problem = findAmountProblem(definition, amount);
    if (problem !== undefined) return `metric ${instance.name}: ${problem}`;
    record(definition, table.find(instance.dimensions), amount);
    return undefined;
  }

  /** Hands over everything there is, a part at each step: all of it takes longer than requests may wait. */
  *export(): Generator<void, void> {
    for (const { definition, table } of this.#families.values()) {
      const series = table.all();
      for (let at = 0; at < series.length; at += pointsPerPart) {
        const time = Timestamp.fromMillis(this.#input.env.clock.now());
        const part: MetricPart = { definition, series: series.slice(at, at + pointsPerPart), start: this.#start, time };
        this.#pipeline.offer(writeMetric, part);
        yield;
      }
    }
  }

  #familyOf(name: string): Family {
    const known = this.#families.get(name);
    if (known !== undefined) return known;
    // One that the host did not announce. Their number is that of the configuration's instances.
    const family = this.#create(name);
    this.#families.set(name, family);
    return family;
  }

  #create(name: string): Family {
    const { config, types } = this.#input;
    const definition = createDefinition(name, config.metrics.get(name) ?? plainMetric, types.metric.get(name));
    return { definition, table: new SeriesTable(definition, config.maxSeries) };
  }
}
