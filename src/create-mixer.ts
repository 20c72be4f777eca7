import { randomUUID } from 'node:crypto';

import bypass from './adapters/bypass/index.js';
import circonus from './adapters/circonus/index.js';
import cloudwatch from './adapters/cloudwatch/index.js';
import denier from './adapters/denier/index.js';
import dogstatsd from './adapters/dogstatsd/index.js';
import fluentd from './adapters/fluentd/index.js';
import kubernetesenv from './adapters/kubernetesenv/index.js';
import listchecker from './adapters/listchecker/index.js';
import memquota from './adapters/memquota/index.js';
import noop from './adapters/noop/index.js';
import opa from './adapters/opa/index.js';
import otlp from './adapters/otlp/index.js';
import prometheus from './adapters/prometheus/index.js';
import rbac from './adapters/rbac/index.js';
import redisquota from './adapters/redisquota/index.js';
import servicecontrol from './adapters/servicecontrol/index.js';
import signalfx from './adapters/signalfx/index.js';
import solarwinds from './adapters/solarwinds/index.js';
import stackdriver from './adapters/stackdriver/index.js';
import statsd from './adapters/statsd/index.js';
import stdio from './adapters/stdio/index.js';
import zipkin from './adapters/zipkin/index.js';
import { Bag, Duration, Timestamp, type Value, type Vocabulary } from './attributes/index.js';
import {
  type ConfigStore,
  loadDefaultTelemetry,
  openStore,
  parseResources,
  type Resource,
  type TelemetryPart,
  usualTelemetry,
  withDefaults,
} from './config/index.js';
import {
  ConfigLoader,
  createGrpcHost,
  createMixerService,
  formatAddress,
  parseAddress,
  type RpcHost,
} from './mixer/index.js';
import { type CheckDecision, createHost, type Host, type QuotaRequest, Runtime } from './runtime/index.js';
import { type Adapter, apiVersion, type Log } from './sdk/index.js';
import { templates } from './templates/index.js';
import type { Diagnostic } from './util/diagnostics.js';
import { MixerError } from './util/errors.js';

/** Where a mixer's configuration comes from. A `path` is watched, the others stand as they are. */
export type MixerConfig =
  { readonly yaml: string } | { readonly resources: readonly Resource[] } | { readonly path: string };

/** What {@link createMixer} takes; everything but the configuration has a default. */
export interface CreateMixerOptions {
  readonly config: MixerConfig;
  /** Adapters besides the built-in ones, each with a name of its own. */
  readonly adapters?: readonly Adapter[];
  /** Namespace whose rules apply to all requests; `istio-system` when left out. */
  readonly configDefaultNamespace?: string;
  /** Namespace of resources that name none; `default` when left out. */
  readonly namespace?: string;
  /**
   * Istio's standard telemetry as a layer below the configuration: `true` for the metrics and the attributes of pods,
   * or the parts that are wanted; none when left out.
   */
  readonly defaultTelemetry?: boolean | readonly TelemetryPart[];
  /** How long an adapter may take over a call; 1000 when left out. */
  readonly adapterTimeoutMillis?: number;
  /** Where the mixer and its adapters log; nowhere when left out. */
  readonly log?: Log;
}

/**
 * Attributes by name. Names that the vocabulary does not know are ignored, as on the wire. A whole number will do for an
 * INT64. A value of another wrong type makes the rules that read it be skipped, with a word in the log.
 */
export type Attributes = Readonly<Record<string, Value>> | Iterable<readonly [string, Value]>;

/** What a Check asks for besides its attributes. */
export interface CheckOptions {
  readonly quotas?: readonly QuotaRequest[];
  /** The same id asks for the same quota allocation again; unique when left out. */
  readonly deduplicationId?: string;
}

/** A Mixer inside this process, with or without a socket. */
export interface Mixer {
  /** What was found in the newest configuration. */
  readonly diagnostics: readonly Diagnostic[];
  /** Decides a request. Denial is an answer; rejects with MixerError when no decision could be made. */
  check(attributes: Attributes, options?: CheckOptions): Promise<CheckDecision>;
  /** Reports one or more requests. Rejects with one MixerError that joins all that failed. */
  report(sets: readonly Attributes[]): Promise<void>;
  /** Serves Check and Report over gRPC: `tcp://host:port`, `unix://path`. Gives the address as bound. */
  listen(address: string): Promise<string>;
  /** The Prometheus text of what adapters expose. */
  metrics(): Promise<string>;
  /** Ends calls under way within the grace, then closes all handlers. Later calls are rejected as UNAVAILABLE. */
  close(graceMillis?: number): Promise<void>;
}

const silent: Log = {
  debugEnabled: false,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const builtIn: readonly Adapter[] = [
  bypass,
  circonus,
  cloudwatch,
  denier,
  dogstatsd,
  fluentd,
  kubernetesenv,
  listchecker,
  memquota,
  noop,
  opa,
  otlp,
  prometheus,
  rbac,
  redisquota,
  servicecontrol,
  signalfx,
  solarwinds,
  stackdriver,
  statsd,
  stdio,
  zipkin,
];
const maxMessageSize = 1_048_576;
const maxConcurrentStreams = 1024;

/**
 * Makes a Mixer whose configuration is live when the promise settles. Bad configuration is a list of diagnostics.
 *
 * @throws MixerError ADAPTER_INVALID when one of the adapters is none, or bears the name of another.
 */
export async function createMixer(options: CreateMixerOptions): Promise<Mixer> {
  const { log = silent, adapterTimeoutMillis, configDefaultNamespace } = options;
  const adapters = withBuiltIn(options.adapters ?? []);
  const host = createHost({ log, adapterTimeoutMs: adapterTimeoutMillis });
  const runtime = new Runtime({ adapters, templates, host, defaultNamespace: configDefaultNamespace });
  const defaults = await loadDefaultTelemetry(telemetryOf(options), configDefaultNamespace ?? 'istio-system');
  const loader = new ConfigLoader({ store: withDefaults(storeOf(options, log), defaults), runtime, log });
  await loader.start();
  return new EmbeddedMixer(runtime, host, loader);
}

class EmbeddedMixer implements Mixer {
  readonly #runtime: Runtime;
  readonly #host: Host;
  readonly #loader: ConfigLoader;
  readonly #servers: RpcHost[] = [];
  /** Of this instance alone: adapters share what they count with those of other processes. */
  readonly #id = randomUUID();
  #calls = 0;
  #isClosed = false;

  constructor(runtime: Runtime, host: Host, loader: ConfigLoader) {
    this.#runtime = runtime;
    this.#host = host;
    this.#loader = loader;
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#runtime.snapshot.diagnostics;
  }

  async check(attributes: Attributes, options: CheckOptions = {}): Promise<CheckDecision> {
    this.#assertOpen();
    const lease = this.#runtime.acquire();
    try {
      const { quotas = [], deduplicationId = `${this.#id}-${this.#calls++}` } = options;
      return await lease.check(toBag(lease.vocabulary, attributes), { quotas, deduplicationId });
    } finally {
      lease.release();
    }
  }

  async report(sets: readonly Attributes[]): Promise<void> {
    this.#assertOpen();
    const lease = this.#runtime.acquire();
    try {
      const reporter = lease.reporter();
      for (const set of sets) await reporter.add(toBag(lease.vocabulary, set));
      await reporter.flush();
    } finally {
      lease.release();
    }
  }

  async listen(address: string): Promise<string> {
    this.#assertOpen();
    const server = createGrpcHost(createMixerService(this.#runtime).methods, { maxMessageSize, maxConcurrentStreams });
    const bound = await server.listen(parseAddress(address));
    this.#servers.push(server);
    return formatAddress(bound);
  }

  metrics(): Promise<string> {
    return this.#host.sources.exposition();
  }

  async close(graceMillis = 10_000): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#servers.map((server) => server.close(graceMillis)));
    await this.#loader.close();
    await this.#runtime.close();
  }

  // Its handlers are gone: whatever it answered would be without them.
  #assertOpen(): void {
    if (this.#isClosed) throw new MixerError('UNAVAILABLE', 'the mixer is closed');
  }
}

function withBuiltIn(own: readonly Adapter[]): readonly Adapter[] {
  const names = new Set(builtIn.map(({ name }) => name));
  for (const [at, adapter] of own.entries()) {
    // fairlead/adapters/* are there to be imported.
    if (builtIn.includes(adapter)) continue;
    if ((adapter.apiVersion as number) !== apiVersion) {
      throw new MixerError('ADAPTER_INVALID', `adapters[${at}] is not what defineAdapter() of this fairlead/sdk makes`);
    }
    if (names.has(adapter.name)) {
      throw new MixerError('ADAPTER_INVALID', `adapters[${at}]: there is an adapter '${adapter.name}' already`);
    }
    names.add(adapter.name);
  }
  return [...new Set([...builtIn, ...own])];
}

function toBag(vocabulary: Vocabulary, attributes: Attributes): Bag {
  const entries = Symbol.iterator in attributes ? attributes : Object.entries(attributes);
  return Bag.fromValues(vocabulary, readable(vocabulary, entries));
}

// JavaScript writes 200 where INT64 has 200n. Taken for a DOUBLE, it would make every rule that reads it be skipped.
function* readable(
  vocabulary: Vocabulary,
  entries: Iterable<readonly [string, Value | undefined]>,
): Generator<readonly [string, Value]> {
  for (const [name, value] of entries) {
    if (value === undefined) continue;
    if (!isValue(value)) {
      const text = `attribute '${name}' has a value of no type: maps are Map, times Timestamp and Duration of fairlead`;
      throw new MixerError('USAGE', text);
    }
    const isWhole = typeof value === 'number' && Number.isSafeInteger(value);
    const slot = isWhole ? vocabulary.slotOf(name) : undefined;
    yield [name, isWhole && slot !== undefined && vocabulary.typeOf(slot) === 'INT64' ? BigInt(value) : value];
  }
}

function isValue(value: unknown): value is Value {
  if (typeof value !== 'object') return ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
  if (value === null) return false;
  return value instanceof Timestamp || value instanceof Duration || value instanceof Uint8Array || 'get' in value;
}

function telemetryOf({ defaultTelemetry = false }: CreateMixerOptions): readonly TelemetryPart[] {
  if (typeof defaultTelemetry !== 'boolean') return defaultTelemetry;
  return defaultTelemetry ? usualTelemetry : [];
}

function storeOf({ config, namespace = 'default' }: CreateMixerOptions, log: Log): ConfigStore {
  const options = { defaultNamespace: namespace, log };
  if ('path' in config) return openStore(`fs://${config.path.replaceAll('%', '%25')}`, options);
  const state =
    'yaml' in config
      ? parseResources(config.yaml, { file: 'config.yaml', defaultNamespace: namespace })
      : { resources: config.resources, diagnostics: [] };
  return {
    current: () => state,
    start: () => Promise.resolve(),
    onChange: () => () => undefined,
    close: () => Promise.resolve(),
  };
}
