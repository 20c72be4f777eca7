import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { MixerError } from '../util/errors.js';
import { formatHostPort, httpUrl } from './address.js';
import { listenFailure } from './listen-failure.js';

/** What a path answers. */
export interface HttpAnswer {
  /** 200 when left out. */
  readonly status?: number;
  /** `text/plain; charset=utf-8` when left out. */
  readonly contentType?: string;
  /** Whole, or piece by piece as fast as the reader takes them, compressed for readers that ask for it. */
  readonly body: string | AsyncIterable<string>;
}

/** Path without query → what answers GET and HEAD of it. */
export type HttpRoutes = ReadonlyMap<string, (headers: IncomingHttpHeaders) => HttpAnswer | Promise<HttpAnswer>>;

/** A small plain HTTP server: read-only pages for scrapers, probes and people. */
export interface HttpEndpoint {
  /** `http://host:port`, without a path. */
  readonly url: string;
  close(): Promise<void>;
}

// A reader that takes a body of pieces costs work all the time; nobody scrapes so often, or takes so long.
const maxReaders = 8;
const readingMillis = 60_000;

/**
 * Serves `routes` on a host (empty for all interfaces) and port (0 for any free one).
 *
 * @throws MixerError LISTEN_FAILED
 */
export async function openHttpEndpoint(at: { host: string; port: number }, routes: HttpRoutes): Promise<HttpEndpoint> {
  const readers = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    void answer(request, response, { routes, readers });
  });
  // A scraper that never finishes its request must not hold a socket for minutes.
  server.requestTimeout = 10_000;
  server.headersTimeout = 10_000;
  await listen(server, at);
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : at.port;
  return {
    url: httpUrl(at.host, port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new MixerError(
          'LISTEN_FAILED',
          `cannot listen on ${formatHostPort(host, port)}: ${listenFailure(error)}`,
          error,
        ),
      );
    });
    server.listen({ port, ...(host !== '' && { host }) }, resolve);
  });
}

interface Serving {
  readonly routes: HttpRoutes;
  /** Those who are being sent a body of pieces. */
  readonly readers: Set<ServerResponse>;
}

async function answer(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const { status = 200, contentType = 'text/plain; charset=utf-8', body } = await produce(request, serving.routes);
  response.statusCode = status;
  response.setHeader('content-type', contentType);
  if (typeof body === 'string') {
    response.setHeader('content-length', Buffer.byteLength(body));
    response.end(request.method === 'HEAD' ? undefined : body);
  } else if (request.method === 'HEAD') {
    response.end();
  } else if (serving.readers.size >= maxReaders) {
    response.writeHead(503, { 'retry-after': '1' }).end('too many readers at once\n');
  } else {
    serving.readers.add(response);
    await send(body, request, response);
    serving.readers.delete(response);
  }
}

async function send(body: AsyncIterable<string>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const options = { signal: AbortSignal.timeout(readingMillis) };
  response.setHeader('vary', 'accept, accept-encoding');
  try {
    if (acceptsGzip(request.headers['accept-encoding'])) {
      response.setHeader('content-encoding', 'gzip');
      // The fastest level: metrics repeat themselves so much that it finds nearly all there is to save.
      await pipeline(body, createGzip({ level: 1 }), response, options);
    } else {
      await pipeline(body, response, options);
    }
  } catch {
    // The reader went away, or took too long and lost its connection: there is nobody to tell.
  }
}

function acceptsGzip(header: string | string[] = ''): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(String(header));
}

async function produce(request: IncomingMessage, routes: HttpRoutes): Promise<HttpAnswer> {
  const route = routes.get((request.url ?? '').split('?', 1)[0] ?? '');
  if (route === undefined) return { status: 404, body: 'not found\n' };
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, body: 'method not allowed\n' };
  try {
    return await route(request.headers);
  } catch (error) {
    return { status: 500, body: `${error instanceof Error ? error.message : String(error)}\n` };
  }
}
