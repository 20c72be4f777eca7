import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type RequestListener } from 'node:http';

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  /** Which workload answered; empty when it was a proxy. */
  readonly by: string;
  readonly body: string;
}

/** A small service: it knows nothing of the mesh, but that its own calls go through the HTTP proxy beside it. */
export interface App {
  /** How many requests it has seen. */
  readonly seen: () => number;
  close(): Promise<void>;
}

/** The header by which the shop tells who answered. */
const signature = 'x-served-by';
const passedOn = ['end-user', 'x-request-id', 'x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'x-b3-sampled'];

/** Starts a service that answers with its name, or with a status in place of that. */
export function startApp(name: string, at: { readonly port: number; readonly status?: () => number }): Promise<App> {
  return listen(at.port, (_incoming, response) => {
    response.writeHead(at.status?.() ?? 200, { [signature]: name, 'content-type': 'text/plain' }).end(`${name}\n`);
  });
}

/** Starts the storefront: `/reviews/1` asks the service reviews for `/1`, and passes on what it says. */
export function startStorefront(
  name: string,
  at: { readonly port: number; readonly proxyPort: () => number },
): Promise<App> {
  const caller = createCaller();
  return listen(at.port, (incoming, response) => {
    const service = (incoming.url ?? '/').split('/')[1] ?? '';
    const headers = Object.fromEntries(
      passedOn.flatMap((header) => {
        const value = incoming.headers[header];
        return typeof value === 'string' ? [[header, value]] : [];
      }),
    );
    const call = {
      port: at.proxyPort(),
      path: `http://${service}${(incoming.url ?? '').slice(service.length + 1) || '/'}`,
      headers,
    };
    void caller.call(call).then(
      ({ status, by, body }) => response.writeHead(status, { [signature]: by || name }).end(body),
      (error: unknown) => response.writeHead(502).end(String(error)),
    );
  }).then((app) => ({ ...app, close: () => app.close().finally(() => caller.close()) }));
}

async function listen(port: number, handler: RequestListener): Promise<App> {
  let seen = 0;
  const server = createServer((incoming, response) => {
    seen++;
    incoming.resume();
    handler(incoming, response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    seen: () => seen,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** One call over a connection that is kept for the next one. */
interface Call {
  /** 127.0.0.1 when left out. */
  readonly host?: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A client of HTTP. */
export interface Caller {
  call(call: Call): Promise<Answer>;
  close(): void;
}

/** Makes a client. */
export function createCaller(): Caller {
  const agent = new Agent({ keepAlive: true });
  return {
    call: ({ host = '127.0.0.1', port, path, headers }) =>
      new Promise((resolve, reject) => {
        const take = (response: IncomingMessage): void => {
          let body = '';
          response.setEncoding('utf8').on('data', (text: string) => (body += text));
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, by: String(response.headers[signature] ?? ''), body });
          });
          response.on('error', reject);
        };
        request({ host, port, path, headers, agent }, take).on('error', reject).end();
      }),
    close: () => agent.destroy(),
  };
}
