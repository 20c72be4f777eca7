import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** One request as a backend got it; a compressed body is unpacked. */
export interface BackendRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The same as bytes. */
  readonly raw: Buffer;
}

/** What a backend answers: a status, a full answer, nothing at all, or a connection that breaks. */
export type BackendAnswer =
  | number
  | 'hang'
  | 'reset'
  | { readonly status?: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> };

/** An HTTP server of 127.0.0.1 that plays a vendor's endpoint. */
export interface HttpBackend {
  readonly url: string;
  readonly requests: readonly BackendRequest[];
  /** How requests are answered from now on; 200 until told. */
  answer: (request: BackendRequest) => BackendAnswer;
  /** Resolves when that many requests have come in all, at once when they have. */
  received(count: number): Promise<readonly BackendRequest[]>;
  /** Ends the server and all connections. */
  close(): Promise<void>;
}

/** Starts a backend on a free port. */
export async function startHttpBackend(): Promise<HttpBackend> {
  const requests: BackendRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const raw = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      const { method = '', url = '', headers } = request;
      const got = { method, path: url, headers, body: raw.toString(), raw };
      requests.push(got);
      reply(response, backend.answer(got));
      for (const { count, resolve } of waiting) if (requests.length >= count) resolve();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const backend: HttpBackend = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: () => 200,
    received: async (count) => {
      if (requests.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
      return requests;
    },
    close: () => closeAll(server, sockets),
  };
  return backend;
}

function reply(response: ServerResponse, answer: BackendAnswer): void {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    response.destroy();
    return;
  }
  const { status = 200, body = '', headers = {} } = typeof answer === 'number' ? { status: answer } : answer;
  response.writeHead(status, headers).end(body);
}

function closeAll(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
