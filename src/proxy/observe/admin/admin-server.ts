import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Address } from '../../http/message.js';
import { clustersPage } from './clusters-page.js';
import { listenersPage } from './listeners-page.js';
import { loggingPage } from './logging-page.js';
import { configDumpPage, createServerInfoPage, drainPage, readyPage } from './server-pages.js';
import { prometheusPage, statsPage } from './stats-pages.js';
import type { AdminAnswer, AdminOptions, AdminPage } from './types.js';

/** The admin port of a proxy. It trusts who can reach it: listen on loopback. */
export interface AdminServer {
  /** Port 0 takes a free one. Rejects when it is taken. */
  listen(host: string, port: number): Promise<Address>;
  close(): Promise<void>;
}

const contentTypes = {
  text: 'text/plain; charset=UTF-8',
  json: 'application/json',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
} as const;

/** Serves what operators ask of a proxy, at the paths of Envoy. */
export function createAdminServer(options: AdminOptions): AdminServer {
  const pages = createPages(options);
  const server = createServer((request, response) => {
    request.resume();
    void answerTo(request, pages, options).then((answer) => send(response, answer));
  });
  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          const { address, port: bound } = server.address() as AddressInfo;
          resolve({ host: address, port: bound });
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createPages({ env }: AdminOptions): ReadonlyMap<string, AdminPage> {
  const pages = [
    ...[clustersPage, configDumpPage, drainPage, listenersPage, loggingPage, readyPage],
    ...[createServerInfoPage(env.monotonic()), statsPage, prometheusPage],
  ];
  const lines = pages.map(({ path, help, changes }) => `  ${path}: ${help}${changes === true ? ' (POST)' : ''}\n`);
  const body = `admin commands are:\n${lines.join('')}`;
  const helpPage: AdminPage = { path: '/help', help: 'print out list of admin commands', answer: () => ({ body }) };
  return new Map([...pages, helpPage, { ...helpPage, path: '/' }].map((page) => [page.path, page]));
}

async function answerTo(
  request: IncomingMessage,
  pages: ReadonlyMap<string, AdminPage>,
  options: AdminOptions,
): Promise<AdminAnswer> {
  const { method, url = '/', headers } = request;
  const mark = url.indexOf('?');
  const page = pages.get(mark === -1 ? url : url.slice(0, mark));
  if (page === undefined) {
    const help = await pages.get('/help')!.answer(options, noQuery);
    return { status: 404, body: `invalid path, ${help.body}` };
  }
  if (page.changes === true && method !== 'POST') return { status: 405, body: 'Method Not Allowed\n' };
  // A page in somebody's browser must not drain the proxy that runs on the same machine.
  if (page.changes === true && isForeign(headers)) return { status: 403, body: 'Forbidden\n' };
  try {
    return await page.answer(options, mark === -1 ? noQuery : new URLSearchParams(url.slice(mark + 1)));
  } catch (cause) {
    options.env.log.warn('admin page failed', { path: page.path, cause: String(cause) });
    return { status: 500, body: 'Internal Server Error\n' };
  }
}

function send(response: ServerResponse, { status = 200, type, body }: AdminAnswer): void {
  response.writeHead(status, {
    'content-type': contentTypes[type ?? 'text'],
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-cache, max-age=0',
    'x-content-type-options': 'nosniff',
    ...(status === 405 ? { allow: 'POST' } : undefined),
  });
  response.end(body);
}

function isForeign({ origin, host }: IncomingMessage['headers']): boolean {
  return origin !== undefined && origin !== `http://${host}`;
}

const noQuery = new URLSearchParams();
