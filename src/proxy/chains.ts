import { type MixerCalls, readNodeIdentity } from '../client/index.js';
import type { AccessLog, HttpFilter, Listener } from '../gen/fairlead/proxy/v1/listener.js';
import type { ProxyEnv } from './env.js';
import { corsFilter } from './filters/cors.js';
import { createFaultFilter } from './filters/fault.js';
import type { HttpFilter as Filter } from './filters/filter.js';
import { createHttpChain, resolveLimits } from './http/http-chain.js';
import type { HttpAcceptor } from './listeners/index.js';
import { millisOf } from './millis.js';
import { createMixerFilter, dropForwarded, toHttpConfig } from './mixer/index.js';
import {
  createAccessLogFilter,
  createHttpStats,
  createPrepareRequest,
  createTracingFilter,
  type OpenLog,
  type SpanSink,
  type Stats,
} from './observe/index.js';
import { HttpRun } from './router/http-run.js';
import type { HttpContext } from './router/types.js';
import { compileRouteTable } from './routing/index.js';
import { type Snapshot, tableOf } from './snapshot.js';

export interface ChainParts {
  readonly env: ProxyEnv;
  readonly openLog: OpenLog;
  readonly stats: Stats;
  /** Where spans go; without one there are none. */
  readonly spans: SpanSink | undefined;
  readonly client: () => MixerCalls | undefined;
  readonly snapshot: () => Snapshot;
  /** See HttpContext. */
  readonly mirrored: Set<() => void>;
}

/**
 * Serves one HTTP filter chain. The order of its filters is the order of this list.
 *
 * @throws Error when its routes or its access log do not compile.
 */
export function createHttpAcceptor(filter: HttpFilter, listener: Listener, parts: ChainParts): HttpAcceptor {
  const { env, snapshot, mirrored } = parts;
  const stats = createHttpStats(parts.stats, filter.statPrefix, filter.tracing !== undefined);
  const own = filter.inline && compileRouteTable(filter.inline);
  const filters = [
    ...accessLog(filter.accessLog, parts.openLog),
    stats.filter,
    ...tracing(filter, parts),
    ...mixer(filter, parts),
    corsFilter,
    createFaultFilter(env.random),
  ];
  const prepare = createPrepareRequest(filter);
  const serverName = filter.serverName === '' ? 'istio-envoy' : filter.serverName;
  const { isHttpProxy } = filter;
  const maxBodyBytes = Number(listener.limits?.maxBodyBytes ?? 0n);
  let made: { readonly of: Snapshot; readonly context: HttpContext } | undefined;
  const contextOf = (now: Snapshot): HttpContext => {
    if (made?.of !== now) {
      const routes = tableOf(filter, own, now);
      made = {
        of: now,
        context: {
          ...{ env, filters, routes, clusters: now.clusters, mirrored },
          ...{ serverName, isHttpProxy, maxBodyBytes, prepare },
        },
      };
    }
    return made.context;
  };
  const chain = createHttpChain(resolveLimits(listener.limits, millisOf(filter.idleTimeout)), (incoming) => {
    new HttpRun(incoming, contextOf(snapshot())).start();
  });
  return {
    accept: (socket, downstream, protocol) => {
      socket.once('close', stats.open(protocol, downstream.tls !== undefined));
      chain.accept(socket, downstream, protocol);
    },
    drain: () => chain.drain(),
  };
}

function tracing({ tracing: config }: HttpFilter, { spans, snapshot }: ChainParts): Filter[] {
  if (config === undefined || spans === undefined) return [];
  const { node } = snapshot().config;
  return [
    createTracingFilter({
      tracing: config,
      node: { id: node?.id ?? '', serviceName: node?.serviceName ?? '' },
      sink: spans,
    }),
  ];
}

function accessLog(config: AccessLog | undefined, openLog: OpenLog): Filter[] {
  return config === undefined ? [] : [createAccessLogFilter(config, openLog)];
}

/** Without a Mixer nothing is asked; who the proxy is may change, and the filter with it. */
function mixer({ mixer: message }: HttpFilter, { client, snapshot }: ChainParts): Filter[] {
  if (message === undefined) return [dropForwarded];
  const config = toHttpConfig(message);
  let made: { of: Snapshot; readonly uid: string | undefined; readonly filter: Filter } | undefined;
  const current = (): Filter | undefined => {
    const calls = client();
    if (calls === undefined) return undefined;
    const now = snapshot();
    if (made?.of === now) return made.filter;
    const node = nodeOf(now);
    if (made?.uid === node?.uid && made !== undefined) made.of = now;
    else made = { of: now, uid: node?.uid, filter: createMixerFilter(config, calls, node) };
    return made.filter;
  };
  return [
    {
      name: 'mixer',
      onRequest: (exchange, control) => (current() ?? dropForwarded).onRequest?.(exchange, control),
      onResponse: (exchange) => current()?.onResponse?.(exchange),
      onEnd: (exchange) => current()?.onEnd?.(exchange),
    },
  ];
}

export function nodeOf({ config: { node } }: Snapshot): ReturnType<typeof readNodeIdentity> {
  if (node === undefined) return undefined;
  if (node.uid !== '') return { uid: node.uid, namespace: node.namespace };
  return readNodeIdentity({ id: node.id });
}
