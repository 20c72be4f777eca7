import { createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../http/message.js';
import { receive, type ArrivalParts } from './arrival.js';
import { type CompiledListener, drainUnlessKept } from './compiled-listener.js';
import { ListenerStats } from './listener-stats.js';
import { claimSocketPath, isSocketAddress } from './socket-address.js';

// Of connections that nobody has had time to accept; the system may allow less.
const backlog = 1024;

/** A server socket with its connections. What is done with new ones can change. */
export class ActiveListener {
  readonly stats = new ListenerStats();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #parts: ArrivalParts;
  #current: CompiledListener;
  #onEmpty: (() => void) | undefined;

  private constructor(listener: CompiledListener, parts: Omit<ArrivalParts, 'stats'>) {
    this.#current = listener;
    this.#parts = { ...parts, stats: this.stats };
    // Either direction of a connection may end before the other.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Rejects when it cannot have the address. */
  static async bind(listener: CompiledListener, parts: Omit<ArrivalParts, 'stats'>): Promise<ActiveListener> {
    const active = new ActiveListener(listener, parts);
    await active.#listen();
    return active;
  }

  get current(): CompiledListener {
    return this.#current;
  }

  get address(): Address {
    const address = this.#server.address();
    const port = typeof address === 'object' && address !== null ? address.port : this.#current.port;
    return { host: this.#current.address, port };
  }

  /** Serves new connections in another way; those that are there go on. */
  update(listener: CompiledListener): void {
    const former = this.#current;
    this.#current = listener;
    drainUnlessKept(former.served, listener.served);
  }

  /** Stops accepting. Resolves when all connections have ended, which those that are left after `millis` do then. */
  drain(millis: number): Promise<void> {
    const closed = this.#closeServer();
    drainUnlessKept(this.#current.served, undefined);
    if (this.#sockets.size === 0) return closed;
    const emptied = new Promise<void>((resolve) => (this.#onEmpty = resolve));
    const cancel = this.#parts.env.after(millis, () => this.#destroyAll());
    return Promise.all([closed, emptied]).then(cancel);
  }

  /** Ends everything now. Resolves when all connections have been told of their end. */
  async close(): Promise<void> {
    const closed = this.#closeServer();
    const former = this.#onEmpty;
    const emptied = new Promise<void>((resolve) => {
      this.#onEmpty = () => {
        former?.();
        resolve();
      };
    });
    if (this.#sockets.size === 0) this.#onEmpty?.();
    this.#destroyAll();
    await Promise.all([closed, emptied]);
  }

  async #listen(): Promise<void> {
    const { address: host, port } = this.#current;
    const server = this.#server;
    const to = isSocketAddress(host)
      ? { path: await claimSocketPath(host) }
      : { host, port, ipv6Only: host.includes(':') };
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ ...to, backlog }, () => {
        server.off('error', reject);
        server.on('error', (cause) => {
          this.stats.accept_error++;
          this.#parts.env.log.warn('connection cannot be accepted', { listener: this.#current.name, cause });
        });
        resolve();
      });
    });
  }

  #accept(socket: Socket): void {
    const { stats } = this;
    stats.downstream_cx_total++;
    // For good: between its users nobody else would hear of an error, and it would end the process.
    socket.on('error', ignore);
    if (this.#sockets.size >= this.#current.maxConnections) {
      stats.downstream_cx_overflow++;
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    stats.downstream_cx_active++;
    socket.once('close', () => {
      this.#sockets.delete(socket);
      stats.downstream_cx_active--;
      stats.downstream_cx_destroy++;
      if (this.#sockets.size === 0) this.#onEmpty?.();
    });
    receive(socket, this.#current, this.#parts);
  }

  #destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Resolves when the address is free; closing twice does no harm. */
  #closeServer(): Promise<void> {
    const server = this.#server;
    if (!server.listening) return Promise.resolve();
    return new Promise((resolve) => server.close(() => resolve()));
  }
}

function ignore(): void {
  // The close that follows says all there is to know.
}
