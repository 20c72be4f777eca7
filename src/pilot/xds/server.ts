import type { XdsEnv } from './env.js';
import { type Change, createDebouncer, type DebounceOptions } from './debounce.js';
import type { XdsNode } from './node.js';
import type { Protocol, RequestHead } from './protocol.js';
import { createPushQueue } from './push-queue.js';
import { findDangling, type Snapshot } from './snapshot.js';
import type { ProxyStatus, XdsObserver } from './status.js';
import { type Sink, type StreamLimits, XdsStream } from './stream.js';
import type { RateLimit } from './flood.js';

/** What an xDS server is bounded by. */
export interface XdsLimits extends StreamLimits, DebounceOptions {
  /** Of one stream; a faster client is read from more slowly. */
  readonly requests: RateLimit;
  /** How many streams are served before others get a turn, and how long that takes: whichever is more. */
  readonly slice: number;
  readonly sliceMillis: number;
}

const defaultLimits: XdsLimits = {
  ackMillis: 5000,
  writeMillis: 5000,
  quietMillis: 100,
  maxMillis: 10_000,
  names: 50_000,
  requests: { burst: 1000, perSecond: 200 },
  slice: 16,
  sliceMillis: 20,
};

export interface XdsServerOptions {
  /** What a client is to have; asked for when it connects and before each push. The same object means: as before. */
  readonly snapshotFor: (node: XdsNode) => Snapshot;
  /** Runs before a push: brings what `snapshotFor` answers up to date, and gives what is other than before by now. */
  readonly refresh?: (change: Change) => Change;
  readonly env: XdsEnv;
  readonly limits?: Partial<XdsLimits>;
  readonly observer?: XdsObserver;
}

/** Serves configuration over xDS, whatever the transport and whatever is in it. */
export interface XdsServer {
  readonly limits: XdsLimits;
  readonly env: XdsEnv;
  readonly observer: XdsObserver;
  /** Something has changed: clients get it once changes have settled. */
  notify(change: Change): void;
  /** Pushes at once. */
  push(change: Change): void;
  /** All that are connected, in the order of their coming. */
  proxies(): readonly ProxyStatus[];
  /** A client has connected. */
  connect<R extends RequestHead>(node: XdsNode, protocol: Protocol<R>, sink: Sink): Connection<R>;
  close(): void;
}

/** A client's stream. */
export interface Connection<R> {
  receive(request: R): void;
  close(): void;
}

interface Client {
  readonly node: XdsNode;
  readonly stream: Pick<XdsStream<RequestHead>, 'adopt' | 'status' | 'close'>;
  /** Whether it lacks what the last push had. */
  isBehind: boolean;
}

/** Makes a server. Its streams come from `addXdsService`. */
export function createXdsServer({ snapshotFor, refresh, env, ...options }: XdsServerOptions): XdsServer {
  const limits = { ...defaultLimits, ...options.limits };
  const observer = options.observer ?? {};
  const clients = new Set<Client>();
  let streams = 0;

  const soundSnapshot = createChecker({ snapshotFor, env, observer });

  /** Brings one client up to date. One that missed a push for lack of a sound snapshot gets everything now. */
  const serve = (client: Client, change: Change): void => {
    const isSmall = change.kind === 'endpoints' && !client.isBehind && change.whole?.has(client.node.id) !== true;
    const snapshot = soundSnapshot(client.node, isSmall);
    client.isBehind = snapshot === undefined;
    client.stream.adopt(snapshot, isSmall ? change.names : undefined);
  };

  const push = createPushQueue({
    ...limits,
    now: () => env.now(),
    clients,
    serve,
    refresh(change) {
      try {
        return refresh?.(change) ?? change;
      } catch (error) {
        env.log.warn('the configuration could not be brought up to date', { error: String(error) });
        return change;
      }
    },
  });
  const debouncer = createDebouncer(env, limits, push);

  return {
    limits,
    env,
    observer,
    notify: (change) => debouncer.add(change),
    push,
    proxies: () => [...clients].map(({ stream }) => stream.status),
    connect(node, protocol, sink) {
      streams += 1;
      const id = `${env.now().toString(36)}-${streams}`;
      const stream = new XdsStream({ id, proxy: node.id, protocol, sink, env, limits, observer });
      const client: Client = { node, stream, isBehind: false };
      clients.add(client);
      observer.connected?.(node.id);
      serve(client, { kind: 'full' });
      return {
        receive: (request) => {
          stream.receive(request);
        },
        close() {
          if (!clients.delete(client)) return;
          stream.close();
          observer.disconnected?.(node.id);
        },
      };
    },
    close() {
      debouncer.close();
      for (const { stream } of clients) stream.close();
      clients.clear();
    },
  };
}

interface CheckerParts extends Pick<XdsServerOptions, 'snapshotFor' | 'env'> {
  readonly observer: XdsObserver;
}

/** Finds snapshots that can be used; undefined where there is none: then a client keeps to what it has. */
function createChecker({ snapshotFor, env, observer }: CheckerParts) {
  const checked = new WeakMap<Snapshot, boolean>();
  return (node: XdsNode, isTrusted: boolean): Snapshot | undefined => {
    try {
      const snapshot = snapshotFor(node);
      const isSound = checked.get(snapshot) ?? (isTrusted || isConsistent(snapshot, env, observer));
      checked.set(snapshot, isSound);
      return isSound ? snapshot : undefined;
    } catch (error) {
      env.log.warn('no configuration could be made', { proxy: node.id, error: String(error) });
      return undefined;
    }
  };
}

function isConsistent(snapshot: Snapshot, env: XdsEnv, observer: XdsObserver): boolean {
  const [first, ...rest] = findDangling(snapshot);
  if (first === undefined) return true;
  const message = `${first.from.kind} '${first.from.name}' needs ${first.kind} '${first.name}'`;
  env.log.warn('an inconsistent configuration is not sent', { message, more: rest.length });
  observer.inconsistent?.(message);
  return false;
}
