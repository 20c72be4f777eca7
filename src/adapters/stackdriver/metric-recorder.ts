import type { BuildInput, Cancel, Env, Instance } from 'fairlead/sdk';
import { createDelivery, type Delivery, textSize } from 'fairlead/sdk/delivery';
import type { metric } from 'fairlead/templates';
import type { Api } from './api.js';
import type { StackdriverConfig } from './config.js';
import { measureOf } from './measure.js';
import type { Metadata } from './metadata.js';
import { refusedSeries } from './refused-series.js';
import { labelPairs, resourceOf } from './resource.js';
import { type MetricDefinition, type SeriesItem, SeriesTable } from './series.js';
import { takeAll } from './take-all.js';

type Metric = Instance<typeof metric>;

/** What {@link MetricRecorder} works with. */
export interface MetricRecorderOptions {
  readonly api: Api;
  /** Where Cloud Monitoring is. */
  readonly endpoint: string;
  readonly metadata: Metadata;
}

const minuteMillis = 60_000;
// More often Cloud Monitoring does not take points of a series.
const leastIntervalMillis = 5000;
const maxBatch = 200;
// As many as Mixer held before it merged them, and no more than that in memory, whatever labels there are.
const limits = { series: 10_000, bytes: 16 << 20 };

/** Adds metrics up and writes one point per series to Cloud Monitoring after each interval (adapters.md 4.8). */
export class MetricRecorder {
  readonly #definitions: ReadonlyMap<string, MetricDefinition>;
  readonly #table: SeriesTable;
  readonly #delivery: Delivery<SeriesItem>;
  readonly #env: Env;
  readonly #options: MetricRecorderOptions;
  readonly #meshUid: string;
  readonly #intervalMillis: number;
  readonly #dropped: ReturnType<Env['metrics']['counter']>;
  /** Batches whose time has not come, oldest first. */
  #waiting: { readonly items: readonly (() => SeriesItem)[]; readonly cancel: Cancel }[] = [];
  #isOpen = true;

  constructor({ config, types, env }: Input, options: MetricRecorderOptions) {
    this.#definitions = defineMetrics({ config, types, env });
    this.#table = new SeriesTable(env.clock, limits);
    this.#env = env;
    this.#options = options;
    this.#meshUid = config.meshUid;
    this.#intervalMillis = Math.max(leastIntervalMillis, config.pushInterval.toMillis() || minuteMillis);
    this.#dropped = env.metrics.counter('values_dropped', 'Values of new series for which there was no room.');
    this.#delivery = createSeriesDelivery(env, options);
    env.schedule.every(this.#intervalMillis, () => this.#push());
  }

  /** Takes metrics. Throws in the end when some had values that are of no use; those without definition are skipped. */
  record(instances: readonly Metric[]): void {
    try {
      takeAll(instances, (instance) => this.#add(instance));
    } finally {
      if (this.#table.isFull && this.#table.isRipe) this.#push();
    }
  }

  /** Writes what has come together since the last interval too. */
  async close(): Promise<void> {
    if (this.#isOpen) {
      this.#offerWaiting();
      for (const write of this.#take()) this.#delivery.offer(write());
    }
    this.#isOpen = false;
    await this.#delivery.close();
  }

  #add(instance: Metric): void {
    const definition = this.#definitions.get(instance.name);
    if (definition === undefined) return;
    const reading = definition.measure.read(instance.value);
    const dimensions = this.#meshUid === '' ? instance.dimensions : { ...instance.dimensions, mesh_uid: this.#meshUid };
    const resourceType = instance.monitoredResourceType ?? '';
    const isIn = this.#table.add(
      {
        metric: definition,
        labels: labelPairs(dimensions),
        resourceType,
        resourceLabels: resourceType === '' ? [] : labelPairs(instance.monitoredResourceDimensions),
      },
      reading,
    );
    if (!isIn) this.#dropped.add();
  }

  /** Spreads batches over the interval, so that neither side has all the work at once. */
  #push(): void {
    this.#offerWaiting();
    const items = this.#take();
    const count = Math.ceil(items.length / maxBatch);
    for (let index = 0; index < count; index += 1) {
      const batch = { items: items.slice(index * maxBatch, (index + 1) * maxBatch), cancel: (): void => undefined };
      batch.cancel = this.#env.schedule.after((index * this.#intervalMillis) / count, () => {
        this.#waiting = this.#waiting.filter((other) => other !== batch);
        this.#offerAll(batch.items);
      });
      this.#waiting.push(batch);
    }
  }

  #take(): readonly (() => SeriesItem)[] {
    return this.#table.take((type, labels) => resourceOf(type, labels, this.#options.metadata));
  }

  #offerWaiting(): void {
    for (const { items, cancel } of this.#waiting.splice(0)) {
      cancel();
      this.#offerAll(items);
    }
  }

  #offerAll(items: readonly (() => SeriesItem)[]): void {
    for (const write of items) this.#delivery.offer(write());
    void this.#delivery.flush();
  }
}

type Input = Pick<BuildInput<StackdriverConfig, typeof metric>, 'config' | 'types' | 'env'>;

function defineMetrics({ config, types, env }: Input): ReadonlyMap<string, MetricDefinition> {
  const definitions = new Map<string, MetricDefinition>();
  for (const [name, info] of config.metricInfo) {
    definitions.set(name, {
      type: info.metricType || `custom.googleapis.com/${name}`,
      kind: info.kind === 'METRIC_KIND_UNSPECIFIED' ? undefined : info.kind,
      measure: measureOf(info, types.metric.get(name)?.value),
    });
  }
  for (const name of types.metric.keys()) {
    if (!definitions.has(name)) env.log.warn('no metric_info for this metric, it is skipped', { metric: name });
  }
  return definitions;
}

function createSeriesDelivery(env: Env, { api, endpoint, metadata }: MetricRecorderOptions): Delivery<SeriesItem> {
  const url = `${endpoint}/v3/projects/${encodeURIComponent(metadata.projectId)}/timeSeries`;
  return createDelivery<SeriesItem>(env, {
    name: 'metrics',
    overflow: 'oldest',
    queue: { entries: 2 * limits.series, bytes: 2 * limits.bytes },
    batch: { entries: maxBatch, bytes: 4 << 20, millis: 1000 },
    timeoutMillis: 15_000,
    // As Mixer had it: three retries.
    retry: { attempts: 4, firstMillis: 1000, maxMillis: 15_000 },
    sizeOf: ({ json, id }) => textSize(json) + textSize(id),
    send: api.createSend<SeriesItem>({
      encode: (batch) => ({
        method: 'POST',
        url,
        body: `{"timeSeries":[${batch.map(({ json }) => json).join(',')}]}`,
      }),
      refused: refusedSeries,
    }),
  });
}
