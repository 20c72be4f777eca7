import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { FakeClock } from 'fairlead/testing';
import { type DeepPartial, RouteTable } from '../../../src/gen/fairlead/proxy/v1/route.js';
import type { ProxyEnv } from '../../../src/proxy/env.js';
import type { HttpFilter } from '../../../src/proxy/filters/filter.js';
import type { Exchange } from '../../../src/proxy/http/exchange.js';
import { Headers } from '../../../src/proxy/http/headers.js';
import { createHttpChain, resolveLimits } from '../../../src/proxy/http/http-chain.js';
import { HttpRun } from '../../../src/proxy/router/http-run.js';
import { compileRouteTable } from '../../../src/proxy/routing/index.js';
import type {
  UpstreamCluster,
  UpstreamEndpoint,
  UpstreamFailureKind,
  UpstreamRequest,
} from '../../../src/proxy/upstream/types.js';

/** What an endpoint does with one request. */
export type Act =
  | { readonly status: number; readonly headers?: readonly string[]; readonly body?: string; readonly cut?: boolean }
  | { readonly fails: UpstreamFailureKind }
  | 'hang'
  | 'echo';

/** An endpoint that does what a test says, request by request; the last act is repeated. */
export class ScriptedEndpoint implements UpstreamEndpoint {
  readonly port = 80;
  readonly uid = '';
  readonly labels = new Map<string, string>();
  readonly locality = '';
  readonly priority = 0;
  readonly isHealthy = true;
  readonly isEjected = false;
  active = 0;
  readonly requests: { method: string; url: string; headers: Readonly<Record<string, string>>; body: string }[] = [];
  readonly outcomes: string[] = [];
  cancelled = 0;
  /** Gives the other side of connections of their own. */
  onConnect: (() => Promise<Duplex>) | undefined;

  constructor(
    readonly name: string,
    readonly acts: Act[],
  ) {}

  get address(): string {
    return this.name;
  }

  send({ head, body }: UpstreamRequest, handler: Parameters<UpstreamEndpoint['send']>[1]) {
    const act = this.acts.length > 1 ? this.acts.shift()! : this.acts[0]!;
    const call = { isOver: false };
    const isOver = (): boolean => call.isOver;
    const request = {
      method: head.method,
      url: `${head.authority}${head.path}`,
      headers: Object.fromEntries(head.headers),
      body: '',
    };
    this.requests.push(request);
    const play = (): void => {
      if (isOver() || act === 'hang') return;
      if (act !== 'echo' && 'fails' in act) {
        handler.onFailure({ kind: act.fails, reason: act.fails });
        return;
      }
      const answer = act === 'echo' ? { status: 200, body: request.body } : act;
      handler.onHead({ status: answer.status, headers: new Headers([...('headers' in answer ? answer.headers : [])]) });
      // The handler may have cancelled meanwhile.
      if (isOver()) return;
      if (answer.body !== undefined && answer.body !== '') handler.onData(Buffer.from(answer.body));
      if ('cut' in answer) handler.onFailure({ kind: 'reset', reason: 'ECONNRESET' });
      else handler.onEnd(undefined);
    };
    if (body === undefined || Buffer.isBuffer(body)) setImmediate(play);
    else
      readAll(body).then(
        (text) => {
          request.body = text;
          play();
        },
        () => undefined,
      );
    return {
      resume: () => undefined,
      cancel: () => {
        call.isOver = true;
        this.cancelled += 1;
      },
    };
  }

  connect(): Promise<Duplex> {
    if (this.onConnect === undefined) return Promise.reject(new Error('ECONNREFUSED'));
    return this.onConnect();
  }

  record(outcome: string): void {
    this.outcomes.push(outcome);
  }
}

/** In the way of real endpoints: the body flows, so that it shows when nobody takes it. */
function readAll(body: Readable): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    body.on('data', (chunk: Buffer) => (text += chunk.toString()));
    body.once('end', () => resolve(text));
    body.once('error', reject);
    body.once('close', reject);
    body.resume();
  });
}

/** A cluster that takes its endpoints in turn, those that were not tried first. */
export function scriptedCluster(
  name: string,
  endpoints: readonly ScriptedEndpoint[],
  limits: { requests?: number; retries?: number } = {},
): UpstreamCluster & {
  readonly entered: Readonly<Record<'request' | 'retry', number>>;
  /** Events and statuses that the router has counted. */
  readonly noted: readonly (string | number)[];
} {
  const entered = { request: 0, retry: 0 };
  const noted: (string | number)[] = [];
  let turn = 0;
  return {
    name,
    endpoints,
    entered,
    noted,
    note: (event) => void noted.push(event),
    countLocal: (status) => void noted.push(status),
    stats: new Map(),
    pick: ({ tried = [] }) => {
      const fresh = endpoints.filter((endpoint) => !tried.includes(endpoint));
      const list = fresh.length > 0 ? fresh : endpoints;
      return list[turn++ % list.length];
    },
    enter: (kind) => {
      const limit = (kind === 'request' ? limits.requests : limits.retries) ?? Infinity;
      if (entered[kind] >= limit) return undefined;
      entered[kind] += 1;
      return () => void (entered[kind] -= 1);
    },
  };
}

export interface Harness {
  readonly port: number;
  readonly clock: FakeClock;
  /** Requests that have ended, in order. */
  readonly ended: Exchange[];
  /** Answers' heads, as filters saw them. */
  readonly warnings: string[];
  readonly mirrored: ReadonlySet<() => void>;
  stop(): Promise<void>;
}

type RoutePart = NonNullable<NonNullable<DeepPartial<RouteTable>['virtualHosts']>[number]['routes']>[number];

/** Serves requests by routes on a real port; time is a fake clock's. */
export async function serve(options: {
  readonly routes: readonly RoutePart[];
  readonly clusters?: readonly UpstreamCluster[];
  readonly filters?: readonly HttpFilter[];
  readonly maxBodyBytes?: number;
  readonly maxHeaders?: number;
}): Promise<Harness> {
  const clock = new FakeClock();
  const schedule = clock.createScheduler();
  const warnings: string[] = [];
  const env: ProxyEnv = {
    now: () => clock.now(),
    monotonic: () => clock.now(),
    after: (millis, work) => schedule.after(millis, work),
    random: () => 0.5,
    log: { info: () => undefined, warn: (message) => void warnings.push(message) },
  };
  const virtualHosts = [{ name: 'all', domains: ['*'], routes: [...options.routes] }];
  const routes = compileRouteTable(RouteTable.fromPartial({ name: 't', virtualHosts }));
  const clusters = new Map((options.clusters ?? []).map((cluster) => [cluster.name, cluster]));
  const ended: Exchange[] = [];
  const filters = [
    ...(options.filters ?? []),
    { name: 'end', onEnd: (exchange: Exchange) => void ended.push(exchange) },
  ];
  const mirrored = new Set<() => void>();
  const context = {
    ...{ env, filters, routes, serverName: 'istio-envoy', isHttpProxy: false, maxBodyBytes: options.maxBodyBytes ?? 0 },
    clusters: { get: (name: string) => clusters.get(name), all: () => [...clusters.values()] },
    mirrored,
    prepare: () => true,
  };
  const limits = { ...resolveLimits(undefined, 0), maxHeaders: options.maxHeaders ?? 100 };
  const chain = createHttpChain(limits, (incoming) => new HttpRun(incoming, context).start());
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return;
      socket.unshift(first);
      const remote = { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
      const local = { host: '127.0.0.1', port: socket.localPort ?? 0 };
      const protocol = first.toString('latin1').startsWith('PRI * HTTP/2.0') ? 'http2' : 'http1';
      chain.accept(socket, { remote, local, destination: undefined, tls: undefined }, protocol);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    clock,
    ended,
    warnings,
    mirrored,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
