import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { MixerError } from '../util/errors.js';
import { formatHostPort, httpUrl } from './address.js';
import { listenFailure } from './listen-failure.js';

/** What a path answers. */
export interface HttpAnswer {
  /** 200 when left out. */
  readonly status?: number;
  /** `text/plain; charset=utf-8` when left out. */
  readonly contentType?: string;
  readonly body: string;
}

/** Path without query → what answers GET and HEAD of it. */
export type HttpRoutes = ReadonlyMap<string, () => HttpAnswer | Promise<HttpAnswer>>;

/** A small plain HTTP server: read-only pages for scrapers, probes and people. */
export interface HttpEndpoint {
  /** `http://host:port`, without a path. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `routes` on a host (empty for all interfaces) and port (0 for any free one).
 *
 * @throws MixerError LISTEN_FAILED
 */
export async function openHttpEndpoint(at: { host: string; port: number }, routes: HttpRoutes): Promise<HttpEndpoint> {
  const server = createServer((request, response) => {
    void answer(request, response, routes);
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

async function answer(request: IncomingMessage, response: ServerResponse, routes: HttpRoutes): Promise<void> {
  const found = await produce(request, routes);
  response.writeHead(found.status ?? 200, {
    'content-type': found.contentType ?? 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(found.body),
  });
  response.end(request.method === 'HEAD' ? undefined : found.body);
}

async function produce(request: IncomingMessage, routes: HttpRoutes): Promise<HttpAnswer> {
  const route = routes.get((request.url ?? '').split('?', 1)[0] ?? '');
  if (route === undefined) return { status: 404, body: 'not found\n' };
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, body: 'method not allowed\n' };
  try {
    return await route();
  } catch (error) {
    return { status: 500, body: `${error instanceof Error ? error.message : String(error)}\n` };
  }
}
