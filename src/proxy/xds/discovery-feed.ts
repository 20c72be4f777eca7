import type { ChannelCredentials } from '@grpc/grpc-js';
import type { Node } from '../../gen/envoy/config/core/v3/base.js';
import type { DeltaDiscoveryResponse } from '../../gen/envoy/service/discovery/v3/discovery.js';
import type { ProxyConfig } from '../../gen/fairlead/proxy/v1/config.js';
import type { ProxyEnv } from '../env.js';
import type { Problem } from '../listeners/index.js';
import type { ConfigCache } from './config-cache.js';
import { type ConnectorLimits, openConnector } from './connector.js';
import type { DiscoveryStream } from './discovery-stream.js';
import { kindOfType, type Need, type ResourceKind } from './resource-kind.js';
import { ResourceStore } from './resource-store.js';

/** How patient a proxy is with its control plane. */
export interface DiscoveryLimits extends ConnectorLimits {
  /** A state in which something is needed that has not come is not taken up before it has, or this time is over. */
  readonly holdMillis: number;
  /** What is gone though it is still needed stays for so long. */
  readonly lingerMillis: number;
}

const defaultLimits: DiscoveryLimits = {
  fetchMillis: 15_000,
  baseMillis: 500,
  maxMillis: 30_000,
  // A mesh of ten thousand services has 10 MB.
  maxMessageBytes: 64 * 1024 * 1024,
  holdMillis: 5000,
  lingerMillis: 2000,
};

export interface DiscoveryOptions {
  /** `host:port` each. */
  readonly addresses: readonly string[];
  readonly credentials: () => ChannelCredentials;
  /** Who we are. */
  readonly node: Node;
  readonly env: ProxyEnv;
  /** Without one nothing is kept. */
  readonly cache?: ConfigCache | undefined;
  readonly limits?: Partial<DiscoveryLimits>;
}

/** Takes a configuration up; what is wrong with it is told to the control plane. */
type ConfigListener = (config: ProxyConfig) => Promise<readonly Problem[]>;

/** The configuration of a proxy as a control plane has it. */
export interface DiscoveryFeed {
  /** Undefined before the first. */
  current(): ProxyConfig | undefined;
  onChange(listener: ConfigListener): () => void;
  /** The server that is spoken to; undefined for none. */
  readonly server: string | undefined;
  close(): Promise<void>;
}

/** Connects, and keeps what the control plane says up to date; without one, the configuration of the cache serves. */
export function openDiscoveryFeed(options: DiscoveryOptions): DiscoveryFeed {
  return new Feed(options);
}

/** A response that is not answered yet. */
interface Unanswered {
  readonly kind: ResourceKind;
  readonly response: DeltaDiscoveryResponse;
  readonly stream: DiscoveryStream;
  readonly errors: readonly string[];
}

class Feed implements DiscoveryFeed {
  readonly #options: DiscoveryOptions;
  readonly #limits: DiscoveryLimits;
  readonly #store: ResourceStore;
  readonly #listeners = new Set<ConfigListener>();
  readonly #connector: ReturnType<typeof openConnector>;
  #unanswered: Unanswered[] = [];
  #config: ProxyConfig | undefined;
  #version = '';
  #stream: DiscoveryStream | undefined;
  #asked = new Set<string>();
  #isChanged = false;
  #isRunning = false;
  #isClosed = false;
  #heldSince: number | undefined;
  #cancelLook: () => void = () => undefined;
  #cancelFirst: () => void = () => undefined;

  constructor(options: DiscoveryOptions) {
    const { env, cache, addresses, credentials, node } = options;
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#store = new ResourceStore(this.#limits.lingerMillis);
    if (cache !== undefined) {
      this.#cancelFirst = env.after(this.#limits.fetchMillis, () => void this.#useCache('no configuration in time'));
    }
    this.#connector = openConnector({
      ...{ addresses, credentials, node, env, limits: this.#limits },
      versions: (kind) => this.#store.versions(kind),
      onResponse: (response, stream) => this.#receive(response, stream),
      onUnreachable: (reason) => void this.#useCache(reason),
    });
  }

  get server(): string | undefined {
    return this.#connector.server;
  }

  current(): ProxyConfig | undefined {
    return this.#config;
  }

  onChange(listener: ConfigListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelLook();
    this.#cancelFirst();
    this.#connector.close();
    await this.#options.cache?.close();
  }

  #receive(response: DeltaDiscoveryResponse, stream: DiscoveryStream): void {
    const kind = kindOfType(response.typeUrl);
    if (kind === undefined) {
      stream.answer(response, `nobody asked for '${response.typeUrl}'`);
      return;
    }
    if (this.#stream !== stream) {
      this.#stream = stream;
      this.#asked = new Set();
      this.#heldSince = undefined;
    }
    const { resources, removedResources: removed } = response;
    const { errors, isChanged } = this.#store.take(kind, { resources, removed }, this.#options.env.monotonic());
    this.#isChanged ||= isChanged;
    this.#version = response.systemVersionInfo;
    this.#unanswered.push({ kind, response, stream, errors });
    void this.#run();
  }

  /** Takes up what there is, one configuration after the other: what comes in the meantime makes one more. */
  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (!this.#isClosed && (this.#unanswered.length > 0 || this.#isChanged)) {
        const answered = this.#unanswered;
        this.#unanswered = [];
        const isHeld = this.#isChanged && this.#isHeld();
        const isReady = this.#isChanged && !isHeld;
        if (isReady) this.#isChanged = false;
        answer(
          isHeld ? this.#putOff(answered) : answered,
          isReady ? await this.#deliver(this.#store.assemble(this.#version)) : [],
        );
        if (!isReady) break;
      }
    } finally {
      this.#isRunning = false;
    }
  }

  /** What is wrong with listeners shows when they are taken up; gives those that can be answered before. */
  #putOff(answered: readonly Unanswered[]): readonly Unanswered[] {
    const isLate = ({ kind, stream }: Unanswered): boolean => kind === 'listener' && stream === this.#stream;
    this.#unanswered.unshift(...answered.filter(isLate));
    return answered.filter((one) => !isLate(one));
  }

  /** Whether something has to come first, and may come. */
  #isHeld(): boolean {
    if (!this.#store.hasBegun) return true;
    const now = this.#options.env.monotonic();
    const missing = this.#store.missing(now);
    this.#lookAgain(now, missing.length > 0);
    if (missing.length === 0) return false;
    this.#ask(missing);
    // What there was is better than a part of a push that broke off.
    if (this.server === undefined || now < (this.#heldSince ?? now) + this.#limits.holdMillis) return true;
    this.#heldSince = undefined;
    this.#store.giveUp(missing);
    const [{ kind, name } = { kind: '', name: '' }] = missing;
    this.#options.env.log.warn('the configuration is not complete', { kind, name, missing: missing.length });
    return false;
  }

  /** The server may know that there is no such thing: then nobody waits for it. */
  #ask(missing: readonly Need[]): void {
    const needs = missing.filter(({ kind, name }) => !this.#asked.has(`${kind} ${name}`));
    for (const { kind, name } of needs) this.#asked.add(`${kind} ${name}`);
    if (needs.length > 0) this.#stream?.ask(needs);
  }

  /** Comes back when patience is over, and when what lingers has to go. */
  #lookAgain(now: number, isHeld: boolean): void {
    this.#cancelLook();
    this.#heldSince = isHeld ? (this.#heldSince ?? now) : undefined;
    const holdEnd = this.#heldSince === undefined ? Infinity : this.#heldSince + this.#limits.holdMillis;
    const next = Math.min(holdEnd > now ? holdEnd : Infinity, this.#store.nextLeave ?? Infinity);
    if (next === Infinity) return;
    this.#cancelLook = this.#options.env.after(next - now, () => {
      this.#isChanged = true;
      void this.#run();
    });
  }

  async #deliver(config: ProxyConfig): Promise<readonly Problem[]> {
    this.#cancelFirst();
    this.#options.cache?.keep(config);
    return this.#tell(config);
  }

  async #tell(config: ProxyConfig): Promise<readonly Problem[]> {
    this.#config = config;
    try {
      return (await Promise.all([...this.#listeners].map((listener) => listener(config)))).flat();
    } catch (error) {
      return [{ listener: '', message: String(error) }];
    }
  }

  async #useCache(reason: string): Promise<void> {
    const { cache, env } = this.#options;
    if (cache === undefined || this.#config !== undefined) return;
    const config = await cache.read();
    // The control plane may have come back in the meantime.
    if (config === undefined || this.current() !== undefined || this.#isClosed) return;
    env.log.warn('the configuration of the disk is used', { reason, version: config.version });
    await this.#tell(config);
  }
}

/** Problems of a configuration that is sound piece by piece are those of listeners. */
function answer(answered: readonly Unanswered[], problems: readonly Problem[]): void {
  const ofListeners = problems.map(({ listener, message }) => (listener === '' ? message : `${listener}: ${message}`));
  for (const { kind, response, stream, errors } of answered) {
    const all = kind === 'listener' ? [...errors, ...ofListeners] : errors;
    stream.answer(response, all.length === 0 ? undefined : all.join('; '));
  }
}
