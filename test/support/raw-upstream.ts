import { createServer, type Socket } from 'node:net';
import { destroyAll, listen } from './proxy-rig.js';

export type RawAct = (socket: Socket, head: string) => void;

export interface RawUpstream {
  readonly port: number;
  /** Heads of requests, as they came. */
  readonly heads: string[];
  /** Closes all connections. */
  drop(): void;
  stop(): void;
}

/** A server that does with each request what a test says, byte by byte; the path names the act. */
export async function startRaw(acts: Readonly<Record<string, RawAct>>): Promise<RawUpstream> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end);
        text = text.slice(end + 4);
        const path = /^\S+ \/([^ ?]*)/.exec(head)?.[1] ?? '';
        const act = Object.hasOwn(acts, path) ? acts[path] : undefined;
        if (act === undefined) continue;
        heads.push(head);
        act(socket, head);
      }
    });
  });
  return {
    port: await listen(server),
    heads,
    drop: () => destroyAll(sockets),
    stop: () => {
      server.close();
      destroyAll(sockets);
    },
  };
}
