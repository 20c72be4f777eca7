import { once } from 'node:events';
import { createServer as createHttp1Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { after } from 'node:test';
import { type HttpFilter, Listener } from '../../../src/gen/fairlead/proxy/v1/listener.js';
import type { ProxyEnv } from '../../../src/proxy/env.js';
import type { Address, Downstream } from '../../../src/proxy/http/message.js';
import { createListenerSet, type HttpAcceptor, type ListenerSet } from '../../../src/proxy/listeners/index.js';
import type { ListenerSetOptions } from '../../../src/proxy/listeners/types.js';
import type { ClusterSet } from '../../../src/proxy/upstream/types.js';
import { ManualTime } from '../../support/manual-time.js';

/** Time that a test moves, and what was logged. */
export class TestEnv implements ProxyEnv {
  readonly time = new ManualTime();
  readonly logged: string[] = [];
  readonly random = (): number => 0;
  readonly log = {
    info: (message: string): void => void this.logged.push(message),
    warn: (message: string): void => void this.logged.push(message),
  };

  now(): number {
    return this.time.clock.now();
  }

  monotonic(): number {
    return this.time.elapsed;
  }

  after(millis: number, work: () => void): () => void {
    return this.time.after(millis, work);
  }
}

/** What a chain was given. */
export interface Accepted {
  readonly chain: string;
  readonly downstream: Downstream;
  readonly protocol: 'http1' | 'http2';
}

/** Chains that answer with their name, over node's own servers. */
export class TestAcceptors {
  readonly accepted: Accepted[] = [];
  readonly made: string[] = [];
  readonly drained: string[] = [];

  readonly make = (_filter: HttpFilter, _listener: Listener, chain: string): HttpAcceptor => {
    this.made.push(chain);
    const http1 = createHttp1Server((_request, response) => response.end(chain));
    const http2 = createHttp2Server((_request, response) => response.end(chain));
    return {
      accept: (socket, downstream, protocol) => {
        this.accepted.push({ chain, downstream, protocol });
        (protocol === 'http1' ? http1 : http2).emit('connection', socket);
      },
      drain: () => {
        this.drained.push(chain);
        http1.closeIdleConnections();
      },
    };
  };
}

export interface TestSet {
  readonly set: ListenerSet;
  readonly env: TestEnv;
  readonly acceptors: TestAcceptors;
  /** Where a listener is. */
  readonly at: (name?: string) => Address;
}

/** A set of listeners that is closed at the end of the suite, or test. */
export function testSet(options: Partial<ListenerSetOptions> = {}): TestSet {
  const env = new TestEnv();
  const acceptors = new TestAcceptors();
  const clusters: ClusterSet = { get: () => undefined, all: () => [] };
  const set = createListenerSet({ env, clusters: () => clusters, makeHttp: acceptors.make, ...options });
  after(() => set.close());
  return { set, env, acceptors, at: (name = 'l') => set.addresses().get(name)! };
}

type ListenerFields = Parameters<typeof Listener.fromPartial>[0];
type ChainFields = NonNullable<ListenerFields['chains']>[number];

/** A listener on a free port of 127.0.0.1. */
export function listenerOf(chains: ChainFields[], fields: ListenerFields = {}): Listener {
  return Listener.fromPartial({ name: 'l', address: '127.0.0.1', ...fields, chains });
}

/** A chain that speaks HTTP. */
export function httpChain(name: string, fields: Partial<ChainFields> = {}): ChainFields {
  return { name, http: { statPrefix: name }, ...fields };
}

/** A chain that forwards bytes to a cluster of its own name. */
export function tcpChain(name: string, fields: Partial<ChainFields> = {}): ChainFields {
  return { name, tcp: { statPrefix: name, clusters: [{ name }] }, ...fields };
}

/** A connection of a test's own; what is broken off is no error. */
export async function dial({ host, port }: Address): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true });
  socket.on('error', () => undefined);
  after(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** All that comes until the other side ends, as text. */
export async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  if (!socket.readableEnded && !socket.closed) await Promise.race([once(socket, 'end'), once(socket, 'close')]);
  return text;
}

/** Sends bytes, each part by itself, and reads the answer. */
export async function talk(to: Address, ...parts: (string | Buffer)[]): Promise<string> {
  const socket = await dial(to);
  for (const part of parts) {
    socket.write(part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const answer = await readAll(socket);
  socket.destroy();
  return answer;
}

/** A request whose answer ends the connection. */
export const getRequest = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';

/** The body of an answer that came in one piece. */
export function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf('\r\n\r\n') + 4).replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, '');
}

/** Lets things happen, while time stands still, until it is so. */
export async function until(env: TestEnv, isSo: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error('it never came to be');
    await env.time.advance(0);
  }
}
