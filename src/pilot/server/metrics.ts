import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ResourceKind } from '../xds/resource.js';
import { setGauges } from './gauges.js';
import type { PilotMetrics } from './types.js';

/** Short names of the kinds, as metrics and debug pages have them. */
const shortNames: Readonly<Record<ResourceKind, 'cds' | 'eds' | 'lds' | 'rds'>> = {
  cluster: 'cds',
  endpoints: 'eds',
  listener: 'lds',
  route: 'rds',
};

const seconds = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 3, 5, 10, 20, 30];

/** Makes the metrics of one Pilot. */
export function createPilotMetrics(version: string): PilotMetrics {
  const register = new Registry();
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [register] });
  const histogram = (name: string, help: string, ...labelNames: string[]) =>
    new Histogram({ name, help, labelNames, buckets: seconds, registers: [register] });
  const pushes = counter('pilot_xds_pushes', 'Responses sent, by kind.', 'type');
  for (const type of Object.values(shortNames)) pushes.inc({ type }, 0);
  const pushTime = histogram('pilot_xds_push_time', 'Seconds to work out a push, or the resources of a view.', 'type');
  const convergence = histogram('pilot_proxy_convergence_time', 'Seconds from a change until a proxy has taken it.');
  const queue = histogram('pilot_proxy_queue_time', 'Seconds that a proxy waits for its turn in a push.');
  const inbound = counter('pilot_inbound_updates', 'Changes heard of.', 'type');
  for (const type of ['config', 'svc', 'eds']) inbound.inc({ type }, 0);
  const rejects = counter('pilot_total_xds_rejects', 'Responses that proxies rejected.');
  const expired = counter('pilot_rds_expired_nonce', 'Requests for routes that name an older response.');
  const writeTimeouts = counter('pilot_xds_write_timeout', 'Streams ended because the proxy does not read.');
  const dropped = counter('pilot_xds_dropped', 'Streams ended by Pilot.', 'reason');
  const contextErrors = counter('pilot_xds_push_context_errors', 'Pushes that could not be worked out.');
  const internal = counter(
    'pilot_total_xds_internal_errors',
    'Configurations not sent because they were inconsistent.',
  );
  new Gauge({
    name: 'istio_build',
    help: 'What runs here.',
    labelNames: ['component', 'tag'],
    registers: [register],
  }).set({ component: 'pilot', tag: version }, 1);
  return {
    observer: {
      sent: (kind) => pushes.inc({ type: shortNames[kind] }),
      rejected: () => rejects.inc(),
      stale: (kind) => {
        if (kind === 'route') expired.inc();
      },
      dropped(reason) {
        dropped.inc({ reason });
        if (reason === 'write_timeout') writeTimeouts.inc();
      },
      inconsistent: () => internal.inc(),
    },
    heard: (type) => inbound.inc({ type }),
    pushed: (type, millis) => pushTime.observe({ type }, millis / 1000),
    built: (millis) => pushTime.observe({ type: 'view' }, millis / 1000),
    failed: () => contextErrors.inc(),
    converged: (millis) => convergence.observe(millis / 1000),
    queued: (millis) => queue.observe(millis / 1000),
    render(pilot) {
      setGauges(pilot, register);
      return register.metrics();
    },
  };
}
