import type { Env, Instance } from 'fairlead/sdk';
import { createDelivery } from 'fairlead/sdk/delivery';
import type { metric } from 'fairlead/templates';
import { integerOf, numberOf } from './amount.js';
import type { SignalfxConfig } from './config.js';
import { createIngestSender } from './ingest.js';
import { SeriesTable, type SeriesType } from './series-table.js';
import { intervalSeconds } from './validate.js';

/** Metrics on their way to SignalFx. */
export interface MetricSink {
  /** Takes metrics; the answer says what was wrong with some of them. */
  record(metrics: readonly Instance<typeof metric>[]): readonly string[];
  close(): Promise<void>;
}

const limits = {
  queue: { entries: 1000, bytes: 16 * 2 ** 20 },
  // A message is a request, so each is a full batch and goes at once.
  batch: { entries: 1, bytes: 16 * 2 ** 20, millis: 1000 },
  timeoutMillis: 5000,
};

/** Keeps time series, and sends what they have come to after each interval. */
export function createMetricSink(config: SignalfxConfig, env: Env): MetricSink {
  const types = new Map<string, SeriesType>();
  for (const { name, type } of config.metrics) if (type !== 'NONE') types.set(name, type);
  const table = new SeriesTable(config.maxSeries);
  const size = env.metrics.gauge('series', 'Time series that are kept.');
  const delivery = createDelivery<Uint8Array<ArrayBuffer>>(env, {
    name: 'metrics',
    overflow: 'oldest',
    ...limits,
    sizeOf: (body) => body.length,
    send: createIngestSender<Uint8Array<ArrayBuffer>>(config, {
      path: '/v2/datapoint',
      contentType: 'application/x-protobuf',
      encode: ([body = new Uint8Array()]) => ({ body }),
    }),
  });
  /** What an interval's pass has not written yet. */
  let pass: Iterable<Uint8Array<ArrayBuffer>> = [];
  let isOpen = true;
  let isChanged = false;
  env.schedule.every(intervalSeconds(config.datapointInterval.toMillis()) * 1000, async () => {
    isChanged = false;
    pass = table.messages(env.clock.now());
    for (const body of pass) {
      delivery.offer(body);
      // Many series take long to write: requests come in between.
      await new Promise<void>((resolve) => void env.schedule.now(resolve));
    }
    size.set(table.size);
  });
  return {
    record(metrics) {
      const problems: string[] = [];
      const now = env.clock.now();
      for (const instance of metrics) {
        const type = types.get(instance.name);
        if (type === undefined) continue;
        const amount = type === 'COUNTER' ? integerOf(instance.value) : numberOf(instance.value);
        if (amount === undefined) problems.push(`${instance.name}: its value is no finite number`);
        else table.add(instance, amount, { type, now });
      }
      isChanged = true;
      return problems;
    },
    async close() {
      if (isOpen) {
        for (const body of pass) delivery.offer(body);
        if (isChanged) for (const body of table.messages(env.clock.now())) delivery.offer(body);
      }
      isOpen = false;
      await delivery.close();
    },
  };
}
