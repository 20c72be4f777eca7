import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2,
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createHttps } from 'node:https';
import type { Server as NetServer, Socket } from 'node:net';
import { destroyAll, listen } from './proxy-rig.js';

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** An application behind a proxy: what it does is in the path of a request. */
export interface WebApp {
  readonly port: number;
  /** Method and path of the requests, as they came. */
  readonly seen: string[];
  /** Names of the headers of the last one. */
  lastHeaders(): Readonly<Record<string, unknown>>;
  /** Bytes of bodies that have been read. */
  received(): number;
  /** Closes all connections. */
  drop(): void;
  stop(): Promise<void>;
}

export type Kind = 'http1' | 'h2c' | 'https1' | 'https2';

/** `/echo`, `/status/<code>`, `/large/<bytes>`, `/trailers`, `/early`, `/hints`, `/hang`; anything else says who it is. */
export async function startApp(
  name: string,
  options: { kind?: Kind; tls?: { key: string; cert: string } } = {},
): Promise<WebApp> {
  const seen: string[] = [];
  let headers: Readonly<Record<string, unknown>> = {};
  let received = 0;
  const answer = (request: Request, response: Response): void => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
    headers = request.headers;
    request.on('data', (chunk: Buffer) => (received += chunk.length));
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    act(name, request, response as ServerResponse);
  };
  const server = makeServer(options.kind ?? 'http1', options.tls, answer);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    port: await listen(server),
    seen,
    lastHeaders: () => headers,
    received: () => received,
    drop: () => destroyAll(sockets),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        destroyAll(sockets);
      }),
  };
}

function makeServer(
  kind: Kind,
  tls: { key: string; cert: string } | undefined,
  answer: (request: Request, response: Response) => void,
): NetServer {
  if (kind === 'http1') return createHttp1({ keepAliveTimeout: 60_000 }, answer);
  if (kind === 'h2c') return createHttp2(answer);
  return kind === 'https1'
    ? createHttps({ ...tls }, answer)
    : createSecureServer({ ...tls, allowHTTP1: false }, answer);
}

const acts: Readonly<Record<string, (request: Request, response: ServerResponse, rest: string) => void>> = {
  echo: (request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    request.pipe(response);
  },
  status: (_request, response, rest) => {
    response.writeHead(Number(rest), { etag: '"one"' });
    response.end(rest === '204' || rest === '304' ? undefined : rest);
  },
  large: (_request, response, rest) => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    let left = Number(rest);
    const send = (): void => {
      while (left > 0) {
        const part = chunk.subarray(0, Math.min(left, chunk.length));
        left -= part.length;
        if (!response.write(part)) {
          response.once('drain', send);
          return;
        }
      }
      response.end();
    };
    response.writeHead(200);
    send();
  },
  trailers: (request, response) => {
    response.writeHead(200, request.httpVersionMajor === 1 ? { trailer: 'x-sum' } : {});
    response.write('body');
    response.addTrailers({ 'x-sum': '42' });
    response.end();
  },
  /** Answers before it has read anything. */
  early: (request, response) => {
    request.pause();
    response.writeHead(413);
    response.end('too much');
  },
  hints: (_request, response) => {
    if (response instanceof Object && 'writeEarlyHints' in response)
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
    response.writeHead(200);
    response.end('hinted');
  },
  /** Reads nothing and says nothing. */
  hang: (request) => void request.pause(),
};

function act(name: string, request: Request, response: ServerResponse): void {
  const [, verb = '', rest = ''] = (request.url ?? '').replace(/\?.*/, '').split('/');
  const known = Object.hasOwn(acts, verb) ? acts[verb] : undefined;
  if (known !== undefined) known(request, response, rest);
  else {
    request.resume();
    response.writeHead(200, { 'x-app': name });
    response.end(`${name} ${request.method} ${request.url}`);
  }
}
