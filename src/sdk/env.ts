/** The time, lent by the host: tests turn it by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch, possibly with a fraction. */
  now(): number;
}

/** Stops what was scheduled. Calling it twice does no harm. */
export type Cancel = () => void;

/** Work outside of a call, lent by the host, stopped by it when the handler closes. A failure is logged and counted. */
export interface Scheduler {
  /** Runs once, as soon as the host can. */
  now(work: () => void | Promise<void>): Cancel;
  after(millis: number, work: () => void | Promise<void>): Cancel;
  /** Runs again and again, never twice at once. */
  every(millis: number, work: () => void | Promise<void>): Cancel;
}

/** A log that already names the handler. Messages are lower case, without a trailing period, values quoted. */
export interface Log {
  readonly debugEnabled: boolean;
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Counts what the adapter does, on the host's own monitoring port as `mixer_adapter_<name>{adapter,handler,...}`. */
export interface Metrics {
  counter(name: string, help: string): { add(value?: number, labels?: Readonly<Record<string, string>>): void };
  gauge(name: string, help: string): { set(value: number, labels?: Readonly<Record<string, string>>): void };
}

/** How metrics are written for scrapers: the Prometheus text format 0.0.4, or OpenMetrics 1.0. */
export type ExpositionFormat = 'text' | 'openmetrics';

/** Metrics of the users' own, which the host serves to scrapers. */
export interface MetricsSource {
  /** The Prometheus text of everything it holds, ending with a newline (or empty). */
  exposition(): string | Promise<string>;
  /**
   * The same in pieces, for a source that may hold much: the host does other work before it asks for the next piece, so
   * that no scrape holds up requests. Each piece ends with a newline. The `# EOF` of OpenMetrics is the host's to write.
   * Scrapers get OpenMetrics only while all sources have this method.
   */
  pieces?(format: ExpositionFormat): Iterable<string>;
}

/** A shared metrics source as one handler holds it. */
export interface Exposed<T extends MetricsSource> {
  readonly source: T;
  /** Gives the source back; the host drops it with its last holder. */
  release(): void;
}

/** All that an adapter may use of the outside world besides its own client libraries. */
export interface Env {
  readonly log: Log;
  readonly clock: Clock;
  readonly schedule: Scheduler;
  readonly metrics: Metrics;
  /** Aborted when the handler is about to close: long work should end. */
  readonly signal: AbortSignal;
  /**
   * Shares a metrics source between all handlers that name the same key, and across rebuilds of a handler: counters
   * survive a change of configuration. The host serves it on `--prometheusAddress`.
   */
  expose<T extends MetricsSource>(key: string, create: () => T): Exposed<T>;
}

/** What each call gets besides its instances. */
export interface CallContext {
  /** Milliseconds since the Unix epoch by the host's clock; after it the host stops waiting. */
  readonly deadline: number;
  /** Aborted at the deadline. Made when first read, so that an adapter which ignores it costs nothing. */
  readonly signal: AbortSignal;
}
