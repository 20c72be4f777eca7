import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenError, type ListenAt } from './listen.js';

/** What a page says. */
export interface Page {
  /** 200 when left out. */
  readonly status?: number;
  /** `text/plain; charset=utf-8` when left out. */
  readonly contentType?: string;
  readonly body: string;
}

/** Makes a page of what was asked for after `?`. */
export type PageMaker = (query: URLSearchParams) => Page | Promise<Page>;

/** Pages by path. */
export type Pages = Pick<ReadonlyMap<string, PageMaker>, 'get'> & { keys(): Iterable<string> };

/** A small HTTP server of pages that change nothing, for probes, scrapers, tools and people. */
export interface HttpPort {
  readonly at: ListenAt;
  close(): Promise<void>;
}

/** Which pages, and who may read them. */
export interface HttpPortOptions {
  readonly at: ListenAt;
  readonly pages: Pages;
  /** Says why a reader from this address may not read a path; undefined when it may. */
  readonly refuse?: (path: string, from: string) => string | undefined;
}

/**
 * Serves pages on a port.
 *
 * @throws MixerError LISTEN_FAILED
 */
export async function openHttpPort({ at, pages, refuse }: HttpPortOptions): Promise<HttpPort> {
  const server = createServer((request, response) => {
    void answer(request, pages, refuse).then((page) => write(page, request, response));
  });
  // A reader that never finishes its request must not hold a socket for minutes.
  server.requestTimeout = server.headersTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(at, error)));
    server.listen({ port: at.port, ...(at.host !== '' && { host: at.host }) }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    at: { host: at.host, port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, pages: Pages, refuse: HttpPortOptions['refuse']): Promise<Page> {
  const [path = '', ...query] = (request.url ?? '').split('?');
  const page = pages.get(path);
  if (page === undefined) return { status: 404, body: `not found; there are ${[...pages.keys()].join(' ')}\n` };
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, body: 'method not allowed\n' };
  const refusal = refuse?.(path, request.socket.remoteAddress ?? '');
  if (refusal !== undefined) return { status: 403, body: `${refusal}\n` };
  try {
    return await page(new URLSearchParams(query.join('?')));
  } catch (error) {
    return { status: 500, body: `${error instanceof Error ? error.message : String(error)}\n` };
  }
}

function write({ status = 200, contentType = 'text/plain; charset=utf-8', body }: Page, ...given: Exchange): void {
  const [request, response] = given;
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

type Exchange = [request: IncomingMessage, response: ServerResponse];
