import type { CallContext, Env, Exposed, Log, Metrics, MetricsSource } from '../sdk/index.js';
import { FakeClock, type FakeScheduler } from './fake-clock.js';

/** One line that an adapter logged. */
export interface LoggedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A metrics source that handlers share, and how many hold it. */
export interface SharedSource {
  readonly source: MetricsSource;
  readonly holders: number;
}

/** An {@link Env} whose every effect a test can see. */
export interface FakeEnv extends Env {
  readonly clock: FakeClock;
  readonly schedule: FakeScheduler;
  /** Everything that was logged, oldest first. */
  readonly logged: readonly LoggedLine[];
  /** The adapter's own counters and gauges: `name{label="value"}` to value. */
  readonly measured: ReadonlyMap<string, number>;
  /** What is exposed at the moment, by key. */
  readonly exposed: ReadonlyMap<string, SharedSource>;
  /** Another handler's environment on the same host: same clock, same exposed sources, all else its own. */
  sibling(): FakeEnv;
  /** Aborts the signal, as a host does before `close`. */
  abort(): void;
  /** Stops what was scheduled, as a host does after `close`. */
  dispose(): void;
  /** Both at once, for tests that do not care about the order. */
  stop(): void;
}

/** Makes an environment for an adapter under test. */
export function fakeEnv(options: { readonly clock?: FakeClock } = {}): FakeEnv {
  return createEnv(options.clock ?? new FakeClock(), new Map());
}

/** What a call gets beside its instances: by default a second's time by the clock, and a signal that never aborts. */
export function fakeCall(
  options: { readonly clock?: FakeClock; readonly deadline?: number; readonly signal?: AbortSignal } = {},
): CallContext {
  const now = options.clock?.now() ?? Date.UTC(2026, 0, 1);
  return { deadline: options.deadline ?? now + 1000, signal: options.signal ?? new AbortController().signal };
}

function createEnv(clock: FakeClock, exposed: Map<string, SharedSource>): FakeEnv {
  const logged: LoggedLine[] = [];
  const measured = new Map<string, number>();
  const abort = new AbortController();
  const schedule = clock.createScheduler();
  return {
    clock,
    schedule,
    logged,
    measured,
    exposed,
    log: createLog(logged),
    metrics: createMetrics(measured),
    signal: abort.signal,
    expose: <T extends MetricsSource>(key: string, create: () => T) => share(exposed, key, create),
    sibling: () => createEnv(clock, exposed),
    abort: () => abort.abort(),
    dispose: () => schedule.cancelAll(),
    stop: () => {
      abort.abort();
      schedule.cancelAll();
    },
  };
}

function createLog(lines: LoggedLine[]): Log {
  const at =
    (level: LoggedLine['level']) =>
    (message: string, fields: LoggedLine['fields'] = {}): void =>
      void lines.push({ level, message, fields });
  return { debugEnabled: true, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function createMetrics(values: Map<string, number>): Metrics {
  const keyOf = (name: string, labels: Readonly<Record<string, string>> = {}): string => {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
    return pairs.length === 0 ? name : `${name}{${pairs.sort().join(',')}}`;
  };
  return {
    counter: (name) => ({
      add: (value = 1, labels) => {
        const key = keyOf(name, labels);
        values.set(key, (values.get(key) ?? 0) + value);
      },
    }),
    gauge: (name) => ({ set: (value, labels) => void values.set(keyOf(name, labels), value) }),
  };
}

function share<T extends MetricsSource>(exposed: Map<string, SharedSource>, key: string, create: () => T): Exposed<T> {
  const change = (by: number): void => {
    const holders = (exposed.get(key)?.holders ?? 0) + by;
    if (holders > 0) exposed.set(key, { source, holders });
    else exposed.delete(key);
  };
  // One key always has one type: that is the contract of `expose`.
  const source = (exposed.get(key)?.source ?? create()) as T;
  change(1);
  let held = true;
  return {
    source,
    release: () => {
      if (held) change(-1);
      held = false;
    },
  };
}
