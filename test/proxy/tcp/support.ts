import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { after } from 'node:test';
import type { Choice, ClusterSet, UpstreamCluster, UpstreamEndpoint } from '../../../src/proxy/upstream/types.js';
import { connectFailure, UpstreamError } from '../../../src/proxy/upstream/upstream-error.js';

/** A server of a test's own. */
export class TestServer {
  readonly sockets: Socket[] = [];
  readonly #server: Server;

  private constructor(serve: (socket: Socket) => void) {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.sockets.push(socket);
      socket.on('error', () => undefined);
      serve(socket);
    });
    after(() => this.close());
  }

  static async start(serve: (socket: Socket) => void = echo): Promise<TestServer> {
    const server = new TestServer(serve);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

/** Sends everything back, and ends when the caller does. */
export function echo(socket: Socket): void {
  socket.pipe(socket);
}

/** Clusters of one endpoint each, by name; what they were asked is kept. */
export class TestClusters implements ClusterSet {
  readonly choices: Choice[] = [];
  readonly outcomes: string[] = [];
  readonly #clusters = new Map<string, UpstreamCluster>();

  all(): readonly UpstreamCluster[] {
    return [...this.#clusters.values()];
  }

  get(name: string): UpstreamCluster | undefined {
    return this.#clusters.get(name);
  }

  /** `port` is that of a server; a text stands for a failure, and undefined for nobody. */
  add(name: string, port: number | 'overflow' | 'never' | undefined): this {
    const endpoint = port === undefined ? undefined : this.#endpoint(port);
    this.#clusters.set(name, {
      name,
      endpoints: endpoint === undefined ? [] : [endpoint],
      stats: new Map(),
      pick: (choice) => {
        this.choices.push(choice);
        return endpoint;
      },
      enter: () => () => undefined,
      note: () => undefined,
      countLocal: () => undefined,
    });
    return this;
  }

  #endpoint(port: number | 'overflow' | 'never'): UpstreamEndpoint {
    return {
      ...{ address: '127.0.0.1', port: Number(port) || 0, name: `127.0.0.1:${port}`, uid: '', labels: new Map() },
      ...{ locality: '', priority: 0, isHealthy: true, isEjected: false, active: 0 },
      send: () => {
        throw new Error('not of TCP');
      },
      connect: (signal) => (typeof port === 'number' ? dialUpstream(port) : refuse(port, signal)),
      record: (outcome) => void this.outcomes.push(outcome),
    };
  }
}

function refuse(how: 'overflow' | 'never', signal: AbortSignal): Promise<Socket> {
  if (how === 'overflow') return Promise.reject(new UpstreamError('overflow', 'connections'));
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new UpstreamError('connect-failure', 'cancelled')));
  });
}

async function dialUpstream(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw connectFailure(cause);
  }
  return socket;
}
