import type { Env, Instance } from 'fairlead/sdk';
import { createDelivery, createHttpSender } from 'fairlead/sdk/delivery';
import type { metric } from 'fairlead/templates';
import type { SolarwindsConfig } from './config.js';
import { compileMeasurement } from './measurement.js';

/** Metrics on their way to AppOptics. */
export interface MetricSink {
  /** Takes metrics; the answer says what was wrong with some of them. */
  record(metrics: readonly Instance<typeof metric>[]): readonly string[];
  close(): Promise<void>;
}

/** What AppOptics recommends not to exceed. */
const maxBatch = 1000;

/** Posts metrics as measurements, many at a time. */
export function createMetricSink(config: SolarwindsConfig, env: Env): MetricSink {
  const writers = new Map(
    Array.from(config.metrics, ([name, { labelNames }]) => [name, compileMeasurement(name, labelNames)] as const),
  );
  const credentials = Buffer.from(`token:${config.appopticsAccessToken}`).toString('base64');
  const delivery = createDelivery<string>(env, {
    name: 'metrics',
    overflow: 'oldest',
    queue: { entries: 50_000, bytes: 16 * 2 ** 20 },
    batch: { entries: config.appopticsBatchSize || maxBatch, bytes: 4 * 2 ** 20, millis: 500 },
    timeoutMillis: 10_000,
    sizeOf: (json) => json.length,
    send: createHttpSender({
      url: config.appopticsUrl,
      headers: { 'content-type': 'application/json', authorization: `Basic ${credentials}` },
      encode: (batch) => ({ body: `{"measurements":[${batch.join(',')}]}` }),
    }),
  });
  return {
    record(metrics) {
      const problems: string[] = [];
      const seconds = Math.floor(env.clock.now() / 1000);
      for (const instance of metrics) {
        const write = writers.get(instance.name);
        if (write === undefined) continue;
        const json = write(instance, seconds);
        if (json === undefined) problems.push(`${instance.name}: its value is no number that AppOptics takes`);
        else delivery.offer(json);
      }
      return problems;
    },
    close: () => delivery.close(),
  };
}
