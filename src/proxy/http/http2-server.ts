import { createServer, type ServerHttp2Session, type ServerHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import type { Downstream } from './message.js';
import type { ConnectionServer, ServerLimits } from './http1-server.js';
import { Http2Incoming } from './http2-incoming.js';
import type { Incoming } from './incoming.js';

/** HTTP/2 on connections that somebody else has accepted; node bounds resets, settings, pings and continuations. */
export function createHttp2Server(limits: ServerLimits, handle: (incoming: Incoming) => void): ConnectionServer {
  const sessions = new Map<ServerHttp2Session, Downstream>();
  const server = createServer({
    settings: { maxConcurrentStreams: limits.maxConcurrentStreams, maxHeaderListSize: limits.maxHeaderBytes },
    maxHeaderListPairs: limits.maxHeaders + pseudoHeaders,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
  });
  server.on('session', (session) => {
    const downstream = pending;
    if (downstream === undefined) {
      session.destroy();
      return;
    }
    sessions.set(session, downstream);
    session.setTimeout(limits.idleTimeoutMillis, () => session.close());
    session.on('close', () => sessions.delete(session));
    session.on('error', () => undefined);
  });
  server.on('sessionError', () => undefined);
  server.on(
    'stream',
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) => {
      // One that broke off at once has no session any more, but an error to tell.
      stream.on('error', () => undefined);
      const downstream = sessions.get(stream.session as ServerHttp2Session);
      if (downstream === undefined || stream.closed) {
        stream.destroy();
        return;
      }
      // Upstreams do not hear of it: the body goes to them as it comes.
      if (headers.expect === '100-continue') stream.additionalHeaders({ ':status': 100 });
      handle(new Http2Incoming(stream, headers, rawHeaders, downstream));
    },
  );
  // The session is made while the connection is handed over; its socket is a proxy that is no key.
  let pending: Downstream | undefined;
  return {
    accept: (socket, downstream) => {
      pending = downstream;
      server.emit('connection', socket);
      pending = undefined;
    },
    drain: () => {
      for (const session of sessions.keys()) session.close();
    },
  };
}

const pseudoHeaders = 4;
