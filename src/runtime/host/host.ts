import type { Cancel, Clock, Env, Exposed, Log, MetricsSource } from '../../sdk/index.js';
import { AdapterMetrics } from './adapter-metrics.js';
import { causeText } from './cause-text.js';
import { DeadlineQueue } from './deadline-queue.js';
import { DispatchStats } from './dispatch-stats.js';
import { labelText, metricHead, sampleLine } from './exposition.js';
import { HandlerLog } from './handler-log.js';
import { LogLimiter } from './log-limiter.js';
import { MetricsSources } from './metrics-sources.js';
import { HandlerScheduler } from './scheduler.js';
import { systemTimers, type Timers } from './timers.js';

/** What a host is made of; everything but the log has a real default. */
export interface HostOptions {
  readonly log: Log;
  readonly clock?: Clock | undefined;
  readonly timers?: Timers | undefined;
  /** Milliseconds that only go forward, for durations and deadlines. */
  readonly monotonic?: (() => number) | undefined;
  /** How long an adapter may take over a call; 1000 when left out. */
  readonly adapterTimeoutMs?: number | undefined;
}

/** One handler's environment and the two steps of taking it away. */
export interface HandlerEnv {
  readonly env: Env;
  /** Aborts `env.signal`: the handler is about to close. */
  readonly abort: () => void;
  /** Aborts if that has not happened, stops all scheduled work, gives back what is exposed. Twice does no harm. */
  readonly dispose: () => void;
}

/** All that outlives a snapshot: time, log, statistics, metrics, and the environments it lends to handlers. */
export interface Host {
  readonly log: Log;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly monotonic: () => number;
  readonly adapterTimeoutMs: number;
  readonly deadlines: DeadlineQueue;
  readonly stats: DispatchStats;
  readonly metrics: AdapterMetrics;
  readonly sources: MetricsSources;
  createEnv(handler: string, adapter: string): HandlerEnv;
  /** The host's own metrics as Prometheus text, for the monitoring port. What handlers expose is in `sources`. */
  renderPrometheus(): string;
}

/** Makes a host. It holds no resource of its own: nothing has to be closed. */
export function createHost(options: HostOptions): Host {
  const { log, timers = systemTimers, adapterTimeoutMs = 1000 } = options;
  const clock = options.clock ?? { now: () => Date.now() };
  const monotonic = options.monotonic ?? (() => performance.now());
  const stats = new DispatchStats();
  const metrics = new AdapterMetrics();
  const sources = new MetricsSources({ log, timers, timeoutMs: adapterTimeoutMs });
  const live = new Set<LiveEnv>();
  const lender: Lender = { log, clock, timers, monotonic, metrics, sources, live, failures: new Map() };
  return {
    log,
    clock,
    timers,
    monotonic,
    adapterTimeoutMs,
    deadlines: new DeadlineQueue({ timers, monotonic, timeoutMs: adapterTimeoutMs }),
    stats,
    metrics,
    sources,
    createEnv: (handler, adapter) => lend(lender, handler, adapter),
    renderPrometheus: () => stats.render() + metrics.render() + renderWork(lender),
  };
}

interface LiveEnv {
  readonly handler: string;
  readonly scheduler: HandlerScheduler;
}

interface Lender {
  readonly log: Log;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly monotonic: () => number;
  readonly metrics: AdapterMetrics;
  readonly sources: MetricsSources;
  readonly live: Set<LiveEnv>;
  /** Failures of scheduled work, by rendered labels. */
  readonly failures: Map<string, number>;
}

function lend(lender: Lender, handler: string, adapter: string): HandlerEnv {
  const log = new HandlerLog(lender.log, { handler, adapter });
  const limiter = new LogLimiter(lender.monotonic);
  const labels = labelText([
    ['handler', handler],
    ['adapter', adapter],
  ]);
  const scheduler = new HandlerScheduler(lender.timers, (cause) => {
    lender.failures.set(labels, (lender.failures.get(labels) ?? 0) + 1);
    const suppressed = limiter.permit();
    if (suppressed === undefined) return;
    log.error('scheduled work failed', { error: causeText(cause), suppressed });
  });
  const controller = new AbortController();
  const releases = new Set<Cancel>();
  const entry: LiveEnv = { handler, scheduler };
  lender.live.add(entry);
  const env: Env = {
    log,
    clock: lender.clock,
    schedule: scheduler,
    metrics: lender.metrics.of({ handler, adapter }),
    signal: controller.signal,
    expose<T extends MetricsSource>(key: string, create: () => T): Exposed<T> {
      const exposed = lender.sources.expose(key, create);
      releases.add(() => {
        exposed.release();
      });
      // A build that ends after its handler was given up must not hold anything.
      if (!lender.live.has(entry)) exposed.release();
      return exposed;
    },
  };
  const abort = (): void => {
    controller.abort();
  };
  return {
    env,
    abort,
    dispose: () => {
      abort();
      scheduler.stop();
      for (const release of releases) release();
      // A rebuilt handler of the same name may be alive already: its gauges stay.
      if (lender.live.delete(entry) && ![...lender.live].some((one) => one.handler === handler)) {
        lender.metrics.dropGauges(handler);
      }
    },
  };
}

function renderWork(lender: Lender): string {
  const sums = new Map<string, { workers: number; daemons: number }>();
  for (const { handler, scheduler } of lender.live) {
    const { workers, daemons } = scheduler.counts;
    const sum = sums.get(handler) ?? { workers: 0, daemons: 0 };
    sums.set(handler, { workers: sum.workers + workers, daemons: sum.daemons + daemons });
  }
  const [workers, daemons] = ['mixer_handler_workers_total', 'mixer_handler_daemons_total'];
  const failures = 'mixer_handler_work_failures_total';
  let workerText = metricHead(workers, 'gauge', 'Work that handlers scheduled to run once.');
  let daemonText = metricHead(daemons, 'gauge', 'Work that handlers scheduled to run again and again.');
  for (const [handler, sum] of sums) {
    const labels = labelText([['handler', handler]]);
    workerText += sampleLine(workers, labels, sum.workers);
    daemonText += sampleLine(daemons, labels, sum.daemons);
  }
  let failureText = metricHead(failures, 'counter', 'Scheduled work of handlers that failed.');
  for (const [labels, count] of lender.failures) failureText += sampleLine(failures, labels, count);
  return workerText + daemonText + failureText;
}
