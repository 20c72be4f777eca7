import { collectDefaultMetrics, Registry } from 'prom-client';

import { expositionTypes } from './exposition-format.js';
import { type HttpAnswer, type HttpEndpoint, openHttpEndpoint } from './http-endpoint.js';
import { MetricsText } from './metrics-text.js';
import type { RpcStats } from './rpc-stats.js';

/** What the monitoring port tells of. */
export interface Monitored {
  readonly version: string;
  readonly rpcs: readonly RpcStats[];
  /** Prometheus text of the runtime: configuration, handlers, dispatches. */
  runtimeMetrics(): string;
  /** Undefined when requests are answered by a configuration, else why not yet or no longer. */
  notReady(): string | undefined;
}

/** `/metrics`, `/version`, `/healthz` and `/readyz` (mixer-core.md 6.11). */
export interface Monitoring {
  readonly endpoint: HttpEndpoint;
  close(): Promise<void>;
}

/**
 * Opens the monitoring port. It tells of this process, so there should be one.
 *
 * @throws MixerError LISTEN_FAILED
 */
export async function openMonitoring(at: { host: string; port: number }, monitored: Monitored): Promise<Monitoring> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const routes = new Map<string, () => HttpAnswer | Promise<HttpAnswer>>([
    ['/metrics', async () => ({ contentType: expositionTypes.text, body: await renderMetrics(registry, monitored) })],
    ['/version', () => ({ body: `${monitored.version}\n` })],
    ['/healthz', () => ({ body: 'ok\n' })],
    [
      '/readyz',
      () => {
        const reason = monitored.notReady();
        return reason === undefined ? { body: 'ready\n' } : { status: 503, body: `not ready: ${reason}\n` };
      },
    ],
  ]);
  const endpoint = await openHttpEndpoint(at, routes);
  return {
    endpoint,
    async close() {
      registry.clear();
      await endpoint.close();
    },
  };
}

async function renderMetrics(registry: Registry, monitored: Monitored): Promise<string> {
  return `${await registry.metrics()}${renderRpcs(monitored)}${monitored.runtimeMetrics()}`;
}

function renderRpcs({ version, rpcs }: Monitored): string {
  const text = new MetricsText();
  text.sample('istio_build', 1, {
    type: 'gauge',
    help: 'What runs here.',
    labels: { component: 'mixer', tag: version },
  });
  for (const stats of rpcs) {
    for (const [status, count] of stats.completed()) {
      const labels = { grpc_server_method: stats.method, grpc_server_status: status };
      text.sample('grpc_io_server_completed_rpcs', count, { type: 'counter', help: 'Calls answered.', labels });
    }
  }
  for (const { method, unresolved } of rpcs) {
    text.sample('mixer_api_unresolved_values_total', unresolved, {
      type: 'counter',
      help: 'Attribute values that named a word which does not exist, read as absent.',
      labels: { grpc_server_method: method },
    });
  }
  const distributions = [
    ['grpc_io_server_server_latency', 'Time to answer a call in milliseconds.', 'latency'],
    ['grpc_io_server_received_bytes_per_rpc', 'Size of request messages.', 'received'],
    ['grpc_io_server_sent_bytes_per_rpc', 'Size of response messages.', 'sent'],
  ] as const;
  for (const [name, help, which] of distributions) {
    for (const stats of rpcs) {
      if (stats[which].count === 0) continue;
      text.histogram(name, stats[which], { help, labels: { grpc_server_method: stats.method } });
    }
  }
  return text.toString();
}
