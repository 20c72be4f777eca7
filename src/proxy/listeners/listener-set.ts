import { readFile } from 'node:fs/promises';
import type { Listener } from '../../gen/fairlead/proxy/v1/listener.js';
import { createTcpProxy } from '../tcp/tcp-proxy.js';
import { TcpStats } from '../tcp/tcp-stats.js';
import { ActiveListener } from './active-listener.js';
import { type CompileParts, compileListener } from './compile-listener.js';
import { type CompiledListener, drainUnlessKept } from './compiled-listener.js';
import { isSocketAddress } from './socket-address.js';
import type { ListenerSet, ListenerSetOptions, Problem } from './types.js';

// Istio's drain time (mesh.md 2.7).
const defaultDrainMillis = 45_000;

/** Makes an empty set of listeners. */
export function createListenerSet(options: ListenerSetOptions): ListenerSet {
  const tcpStats = new Map<string, TcpStats>();
  const listeners = new Listeners(options, {
    makeHttp: options.makeHttp,
    makeTcp: (filter, listener, chainName) => {
      const stats = tcpStats.get(filter.statPrefix) ?? new TcpStats();
      tcpStats.set(filter.statPrefix, stats);
      return createTcpProxy(filter, {
        env: options.env,
        clusters: options.clusters,
        stats,
        observer: options.tcpMixer?.(filter, listener, chainName),
        log: options.tcpLog?.(filter, listener, chainName),
      });
    },
    tls: { env: options.env, readFile: options.readFile ?? ((path) => readFile(path)) },
  });
  let last: Promise<unknown> = Promise.resolve();
  return {
    // One after the other: each begins with what the one before has left.
    apply: (wanted) => {
      const applied = last.then(() => listeners.apply(wanted));
      last = applied.catch(() => undefined);
      return applied;
    },
    addresses: () => new Map(listeners.all().map((active) => [active.current.name, active.address])),
    listenerStats: () => new Map(listeners.all().map((active) => [active.current.name, active.stats.toMap()])),
    tcpStats: () => new Map([...tcpStats].map(([prefix, stats]) => [prefix, stats.toMap()])),
    drain: () => last.then(() => listeners.drain()),
    close: () => last.then(() => listeners.close()),
  };
}

class Listeners {
  readonly #options: ListenerSetOptions;
  readonly #parts: CompileParts;
  /** By what they are bound to. */
  #active = new Map<string, ActiveListener>();
  /** Those that end. */
  readonly #leaving = new Map<ActiveListener, Promise<void>>();

  constructor(options: ListenerSetOptions, parts: CompileParts) {
    this.#options = options;
    this.#parts = parts;
  }

  all(): readonly ActiveListener[] {
    return [...this.#active.values()];
  }

  async apply(wanted: readonly Listener[]): Promise<readonly Problem[]> {
    const problems: Problem[] = [];
    const next = new Map<string, ActiveListener>();
    for (const listener of wanted) {
      const place = placeOf(listener);
      try {
        if (next.has(place)) throw new Error(`another listener has ${place}`);
        next.set(place, await this.#place(listener, this.#active.get(place), problems));
      } catch (cause) {
        problems.push({ listener: listener.name, message: cause instanceof Error ? cause.message : String(cause) });
        for (const [at, former] of this.#formerOf(listener)) if (!next.has(at)) next.set(at, former);
      }
    }
    const removed = [...this.#active].filter(([place, active]) => next.get(place) !== active);
    this.#active = next;
    for (const [, active] of removed) this.#retire(active);
    return problems;
  }

  /** Waits for those that are ending, too. */
  async drain(): Promise<void> {
    for (const active of this.#active.values()) this.#retire(active);
    this.#active = new Map();
    await Promise.all(this.#leaving.values());
  }

  async close(): Promise<void> {
    const all = [...this.#active.values(), ...this.#leaving.keys()];
    this.#active = new Map();
    await Promise.all(all.map((active) => active.close()));
    await Promise.all(this.#leaving.values());
  }

  async #place(listener: Listener, former: ActiveListener | undefined, problems: Problem[]): Promise<ActiveListener> {
    const compiled = compileListener(listener, this.#parts, former?.current);
    if (former?.current.bytes.equals(compiled.bytes) === true) return former;
    problems.push(...(await loadCertificates(compiled)));
    if (former === undefined) return await bind(compiled, this.#options);
    former.update(compiled);
    return former;
  }

  /** What stays when a listener cannot be as it is asked for: its former self, and what has its place. */
  #formerOf(listener: Listener): [string, ActiveListener][] {
    const place = placeOf(listener);
    return [...this.#active].filter(([at, { current }]) => at === place || current.name === listener.name);
  }

  #retire(active: ActiveListener): void {
    const drained = active.drain(this.#options.drainMillis ?? defaultDrainMillis).finally(() => {
      this.#leaving.delete(active);
    });
    this.#leaving.set(active, drained);
  }
}

/** Two listeners of one address take turns on its socket, whatever their names. */
function placeOf({ name, address, port }: Listener): string {
  if (isSocketAddress(address)) return address;
  return port === 0 ? `${name} at a free port of ${address}` : `${address}:${port}`;
}

/** Files that cannot be read, or not used, are told of; they are looked at again when connections come. */
async function loadCertificates({ name, terminations }: CompiledListener): Promise<readonly Problem[]> {
  const problems = await Promise.all([...terminations.values()].map((termination) => termination.load()));
  return problems.filter((problem) => problem !== undefined).map((message) => ({ listener: name, message }));
}

async function bind(compiled: CompiledListener, { env }: ListenerSetOptions): Promise<ActiveListener> {
  try {
    return await ActiveListener.bind(compiled, { env });
  } catch (cause) {
    drainUnlessKept(compiled.served, undefined);
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on: ${code ?? String(cause)}`;
    const { address, port } = compiled;
    throw new Error(`${isSocketAddress(address) ? address : `${address}:${port}`} ${why}`, { cause });
  }
}
