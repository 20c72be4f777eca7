import type { HttpFilter } from '../../filters/filter.js';
import type { Exchange } from '../../http/exchange.js';
import { observedOf } from '../observed.js';
import { type TraceReason, traceReasonOf } from '../request-id.js';
import type { Histogram } from './histogram.js';
import type { Stat, StatGroup, Stats } from './stats.js';

/** Counts the connections and the requests of one HTTP chain. */
export interface HttpStats {
  /** Belongs first into the chain. */
  readonly filter: HttpFilter;
  /** Counts a connection in; what it gives back counts it out, once. */
  open(protocol: 'http1' | 'http2', isTls: boolean): () => void;
}

/**
 * Statistics `http.<prefix>.…`; chains of one prefix count together. Of a chain that traces, `tracing.…` say why requests
 * are traced.
 */
export function createHttpStats(stats: Stats, prefix: string, isTraced = false): HttpStats {
  const group = stats.group('http', prefix);
  return { filter: new HttpStatsFilter(stats, group, isTraced), open: countConnections(group) };
}

class HttpStatsFilter implements HttpFilter {
  readonly name = 'stats';
  readonly #stats: Stats;
  readonly #total: Stat;
  readonly #active: Stat;
  readonly #http1: Stat;
  readonly #http2: Stat;
  readonly #completed: Stat;
  /** By hundreds. */
  readonly #classes: readonly Stat[];
  readonly #reset: Stat;
  readonly #tooLarge: Stat;
  readonly #noRoute: Stat;
  readonly #noCluster: Stat;
  readonly #time: Histogram;
  readonly #tracing: Readonly<Record<TraceReason, Stat>> | undefined;

  constructor(stats: Stats, group: StatGroup, isTraced: boolean) {
    this.#stats = stats;
    this.#total = group.counter('downstream_rq_total');
    this.#active = group.gauge('downstream_rq_active');
    this.#http1 = group.counter('downstream_rq_http1_total');
    this.#http2 = group.counter('downstream_rq_http2_total');
    this.#completed = group.counter('downstream_rq_completed');
    this.#classes = [1, 2, 3, 4, 5].map((digit) => group.counter(`downstream_rq_${digit}xx`));
    this.#reset = group.counter('downstream_rq_rx_reset');
    this.#tooLarge = group.counter('downstream_rq_too_large');
    this.#noRoute = group.counter('no_route');
    this.#noCluster = group.counter('no_cluster');
    this.#time = group.histogram('downstream_rq_time');
    this.#tracing = isTraced ? countTraces(group) : undefined;
  }

  onRequest(exchange: Exchange): undefined {
    observedOf(exchange).counted = true;
    this.#countIn(exchange);
    if (this.#tracing !== undefined) {
      this.#tracing[traceReasonOf(exchange.request.headers.get('x-request-id'))].value++;
    }
  }

  onEnd(exchange: Exchange): void {
    // One that was refused before it got here has not been counted in.
    if (!observedOf(exchange).counted) this.#countIn(exchange);
    this.#active.value--;
    const { response, flags, upstreamMillis, target, started, ended = started } = exchange;
    if (flags.size > 0) this.#countFlags(exchange);
    if (response !== undefined) {
      this.#completed.value++;
      const stat = this.#classes[Math.floor(response.status / 100) - 1];
      if (stat !== undefined) stat.value++;
      if (response.status === 413) this.#tooLarge.value++;
    }
    this.#time.record(ended - started);
    if (upstreamMillis === undefined || target === undefined) return;
    this.#stats.group('cluster', target.name).histogram('upstream_rq_time').record(upstreamMillis);
  }

  #countIn({ request }: Exchange): void {
    this.#total.value++;
    this.#active.value++;
    if (request.protocol === 'HTTP/2') this.#http2.value++;
    else this.#http1.value++;
  }

  #countFlags({ flags, details }: Exchange): void {
    if (flags.has('DC')) this.#reset.value++;
    if (!flags.has('NR')) return;
    if (details === 'cluster_not_found') this.#noCluster.value++;
    else this.#noRoute.value++;
  }
}

function countTraces(group: StatGroup): Record<TraceReason, Stat> {
  // Nobody but Envoy's health checks, which are not here, counts as one.
  group.counter('tracing.health_check');
  return {
    random_sampling: group.counter('tracing.random_sampling'),
    service_forced: group.counter('tracing.service_forced'),
    client_enabled: group.counter('tracing.client_enabled'),
    not_traceable: group.counter('tracing.not_traceable'),
  };
}

function countConnections(group: StatGroup): HttpStats['open'] {
  const pair = (name: string): [total: Stat, active: Stat] => [
    group.counter(`downstream_cx_${name}total`),
    group.gauge(`downstream_cx_${name}active`),
  ];
  const all = pair('');
  const versions = { http1: pair('http1_'), http2: pair('http2_') };
  const ssl = pair('ssl_');
  const destroyed = group.counter('downstream_cx_destroy');
  return (protocol, isTls) => {
    const counted = isTls ? [all, versions[protocol], ssl] : [all, versions[protocol]];
    for (const [total, active] of counted) {
      total.value++;
      active.value++;
    }
    return () => {
      destroyed.value++;
      for (const [, active] of counted) active.value--;
    };
  };
}
