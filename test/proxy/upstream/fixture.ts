import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { FakeClock } from 'fairlead/testing';
import { Cluster, Endpoints, Locality } from '../../../src/gen/fairlead/proxy/v1/cluster.js';
import { Headers } from '../../../src/proxy/http/headers.js';
import { createClusterSet, type LiveClusterSet } from '../../../src/proxy/upstream/cluster-set.js';
import { settingsOf } from '../../../src/proxy/upstream/cluster-settings.js';
import { ClusterStats } from '../../../src/proxy/upstream/cluster-stats.js';
import { Dialer } from '../../../src/proxy/upstream/dialer.js';
import { Endpoint } from '../../../src/proxy/upstream/endpoint.js';
import type { UpstreamEnv } from '../../../src/proxy/upstream/env.js';
import type {
  UpstreamCall,
  UpstreamCluster,
  UpstreamEndpoint,
  UpstreamFailure,
  UpstreamHandler,
  UpstreamRequest,
} from '../../../src/proxy/upstream/types.js';

type Partial<T> = NonNullable<Parameters<(typeof Cluster)['create']>[0]> & T;

/** Real time and files, for real sockets. */
export const realEnv: UpstreamEnv = {
  clock: { now: () => performance.now() },
  schedule: {
    after: (millis, work) => {
      const timer = setTimeout(work, millis);
      return () => clearTimeout(timer);
    },
    every: (millis, work) => {
      const timer = setInterval(work, millis);
      return () => clearInterval(timer);
    },
  },
  random: () => 0,
  resolveDns: (name) => Promise.reject(new Error(`${name} is not known`)),
  readFile: (path) => readFile(path),
};

/** Time by hand, chance by a fixed sequence. */
export function manualEnv(changes: globalThis.Partial<UpstreamEnv> = {}): UpstreamEnv & { time: FakeClock } {
  const time = new FakeClock();
  return { ...realEnv, clock: time, schedule: time.createScheduler(), random: seededRandom(1), ...changes, time };
}

/** Numbers from 0 to below 1, always the same. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function clusterOf(changes: Partial<object> = {}): Cluster {
  return Cluster.create({ name: 'outbound|80||reviews', ...changes });
}

/** One locality with endpoints `address:port`. */
export function localityOf(targets: readonly string[], changes: Parameters<typeof Locality.create>[0] = {}): Locality {
  const endpoints = targets.map((target) => {
    const at = target.lastIndexOf(':');
    if (target.startsWith('unix:')) return { address: target, port: 0 };
    return { address: target.slice(0, at), port: Number(target.slice(at + 1)) };
  });
  return Locality.create({ ...changes, endpoints });
}

export function endpointsOf(cluster: Cluster, ...localities: readonly Locality[]): Endpoints {
  return Endpoints.create({ cluster: cluster.name, localities: [...localities] });
}

/** Endpoints without a cluster around them. */
export function bareEndpoints(...localities: readonly Locality[]): readonly Endpoint[] {
  const settings = settingsOf(clusterOf());
  const stats = new ClusterStats();
  const context = { settings, stats, dialer: new Dialer(settings, realEnv, stats), outlier: undefined };
  return localities.flatMap((locality) =>
    locality.endpoints.map((endpoint) => new Endpoint({ endpoint, locality }, context)),
  );
}

export interface OneCluster {
  readonly set: LiveClusterSet;
  readonly cluster: UpstreamCluster;
  readonly pick: () => UpstreamEndpoint;
}

/** A set of one cluster with these endpoints. */
export function oneCluster(
  targets: readonly string[],
  changes: Partial<object> = {},
  env: UpstreamEnv = realEnv,
): OneCluster {
  const message = clusterOf(changes);
  const set = createClusterSet({ clusters: [message], endpoints: [endpointsOf(message, localityOf(targets))], env });
  const cluster = set.get(message.name)!;
  return {
    set,
    cluster,
    pick: () => {
      const endpoint = cluster.pick({});
      if (endpoint === undefined) throw new Error('no endpoint');
      return endpoint;
    },
  };
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: Headers;
  readonly body: string;
  readonly trailers: Headers | undefined;
  readonly failure: UpstreamFailure | undefined;
}

export function requestOf(
  changes: globalThis.Partial<UpstreamRequest['head']> = {},
  body?: Readable | Buffer,
): UpstreamRequest {
  const head = {
    method: 'GET',
    path: '/',
    authority: 'reviews:80',
    scheme: 'http' as const,
    protocol: 'HTTP/1.1' as const,
    headers: new Headers(),
    ...changes,
  };
  return { head, body };
}

/** Sends and waits for the end, whatever it is. */
export function answerOf(
  endpoint: UpstreamEndpoint,
  request: UpstreamRequest = requestOf(),
  onCall: (call: UpstreamCall) => void = () => undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status: number | undefined;
    let headers = new Headers();
    let ends = 0;
    const end = (trailers: Headers | undefined, failure: UpstreamFailure | undefined): void => {
      if (++ends > 1) reject(new Error('ended twice'));
      resolve({ status, headers, body: Buffer.concat(chunks).toString(), trailers, failure });
    };
    const call = endpoint.send(request, {
      onHead: (head) => {
        status = head.status;
        headers = head.headers;
      },
      onData: (chunk) => {
        chunks.push(Buffer.from(chunk));
        return true;
      },
      onEnd: (trailers) => end(trailers, undefined),
      onFailure: (failure) => end(undefined, failure),
    });
    onCall(call);
  });
}

/** For requests that nobody wants to hear of again. */
export const unheard: UpstreamHandler = {
  onHead: () => assert.fail('a head'),
  onData: () => assert.fail('data'),
  onEnd: () => assert.fail('an end'),
  onFailure: () => assert.fail('a failure'),
};

export interface Listening {
  readonly target: string;
  readonly sockets: Set<Socket>;
  /** How many connections there have been. */
  readonly accepted: () => number;
}

/** Listens on loopback while `use` runs; then ends all connections. */
export async function listening<T>(server: Server, use: (at: Listening) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    return await use({ target: `127.0.0.1:${port}`, sockets, accepted: () => accepted });
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

export function httpServer<T>(listener: RequestListener, use: (at: Listening) => Promise<T>): Promise<T> {
  return listening(createHttpServer({ keepAliveTimeout: 60_000 }, listener), use);
}

/** A server that says what it likes for each request head it gets. */
export function rawServer<T>(
  answer: (socket: Socket, count: number) => void,
  use: (at: Listening) => Promise<T>,
): Promise<T> {
  let count = 0;
  const server = createServer((socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      while (text.includes('\r\n\r\n')) {
        text = text.slice(text.indexOf('\r\n\r\n') + 4);
        answer(socket, count++);
      }
    });
  });
  return listening(server, use);
}
