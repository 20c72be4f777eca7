import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** What the server does with a request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server of lists on a port of its own. */
export interface ListServer {
  readonly url: string;
  /** Requests so far, oldest first. */
  readonly requests: readonly IncomingMessage[];
  /** What is answered from now on: a body, or whatever one likes. */
  answer: string | Answer;
  /** Resolves when that many requests have come. */
  asked(times: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server that ends with the test; it says 404 until it is told what to answer. */
export async function startListServer(t: TestContext, { port = 0 } = {}): Promise<ListServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    const { answer } = list;
    if (typeof answer === 'string') response.end(answer);
    else answer(request, response);
    server.emit('asked');
  });
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const list: ListServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`,
    requests,
    answer: status(404),
    asked: async (times) => {
      while (requests.length < times) await once(server, 'asked');
    },
    stop,
  };
  t.after(stop);
  return list;
}

/** An answer of nothing but a status. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => void response.writeHead(code, headers).end();
}
