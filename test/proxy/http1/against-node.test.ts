import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, METHODS, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { Headers } from '../../../src/proxy/http/headers.js';
import { createHttp1Server } from '../../../src/proxy/http/http1-server.js';
import { keptHeaders } from '../../../src/proxy/http/hop-by-hop.js';
import type { Incoming } from '../../../src/proxy/http/incoming.js';
import { cutAt, mutated, places } from './mutations.js';

/** A connection without a network. */
class Line extends Duplex {
  answered = '';
  override _read(): void {
    // Pushed from outside.
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.answered += chunk.toString('latin1');
    done();
  }
  destroySoon(): void {
    this.end(() => this.destroy());
  }
}

interface Request {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: string;
}

/** Headers that concern a connection only, or are kept apart. */
const apart = new Set([
  ...['host', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te', 'trailer'],
]);

async function play(line: Line, pieces: readonly Buffer[], requests: () => number): Promise<void> {
  for (const piece of pieces) line.push(piece);
  // Quiet for a while: everything has been read that ever will be.
  for (let quiet = 0, seen = -1; quiet < 5; quiet++) {
    await turn();
    if (requests() !== seen) quiet = 0;
    seen = requests();
  }
  line.destroy();
}

const collect = (body: NodeJS.ReadableStream, done: (text: string) => void): void => {
  let text = '';
  body.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  body.once('end', () => done(text)).on('error', () => undefined);
};

async function byNode(pieces: readonly Buffer[]): Promise<Request[]> {
  const requests: { method: string; target: string; headers: readonly string[]; body: string | undefined }[] = [];
  const take = ({ method = '', url = '', rawHeaders, headers: { connection } }: IncomingMessage): number => {
    const headers = rawHeaders.map((text, index) => (index % 2 === 0 ? text.toLowerCase() : text));
    const listed = (connection ?? '').split(',').map((name) => name.trim().toLowerCase());
    const isKept = (name: string): boolean => !apart.has(name) && (keptHeaders.has(name) || !listed.includes(name));
    const kept = headers.filter((_text, index) => isKept(headers[index - (index % 2)]!));
    return requests.push({ method, target: url, headers: kept, body: undefined }) - 1;
  };
  nodeHandler = (request, response) => {
    const index = take(request);
    collect(request, (body) => {
      requests[index]!.body = body;
      response.end();
    });
  };
  nodeConnect = (request) => {
    requests[take(request)]!.body = '';
  };
  const line = new Line();
  node.emit('connection', line);
  await play(line, pieces, () => requests.length);
  return requests.flatMap(({ body, ...request }) => (body === undefined ? [] : [{ ...request, body }]));
}

let nodeHandler: (request: IncomingMessage, response: ServerResponse) => void;
let nodeConnect: (request: IncomingMessage) => void;
const node = createServer((request, response) => nodeHandler(request, response));
node.on('connect', (request) => nodeConnect(request));
// What came before the mistake is looked at all the same.
node.on('clientError', () => undefined);

let ourHandler: (incoming: Incoming) => void;
const minute = 60_000;
const our = createHttp1Server(
  {
    ...{ maxHeaderBytes: 16_000, maxHeaders: 100, maxConcurrentStreams: 1 },
    ...{ headerTimeoutMillis: minute, idleTimeoutMillis: minute },
  },
  (incoming) => ourHandler(incoming),
);

async function byUs(pieces: readonly Buffer[]): Promise<readonly [requests: Request[], refused: string]> {
  const requests: Request[] = [];
  ourHandler = (incoming) => {
    const { method, path, authority, headers } = incoming.head;
    const done = (body: string): void => {
      requests.push({ method, target: method === 'CONNECT' ? authority : path, headers: [...headers.raw], body });
      incoming.respond({ status: 200, headers: new Headers() }, false);
    };
    if (incoming.body === undefined) done('');
    else collect(incoming.body, done);
  };
  const line = new Line();
  const address = { host: '127.0.0.1', port: 1 };
  our.accept(line as unknown as Socket, { remote: address, local: address, destination: undefined, tls: undefined });
  await play(line, pieces, () => requests.length);
  return [requests, /HTTP\/1\.1 (4\d\d) /.exec(line.answered)?.[1] ?? ''];
}

const messages = [
  'GET /a?b=c HTTP/1.1\r\nHost: a\r\nX-Y: z\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a:80\r\nContent-Length: 3\r\n\r\nabc',
  'POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  'PUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\nA\r\n0123456789\r\n0\r\nX-T: u\r\n\r\n',
  'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET /3 HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n',
  'POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab',
  'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: x-hop\r\nX-Hop: 1\r\n\r\n',
  'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n',
  '\r\nGET /b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nCookie: a=b; c=d\r\nEmpty:\r\n\r\n',
];

/**
 * Node knows methods by name, and targets by their shape and without octets beyond ASCII; ours are passed on, and looked
 * at where paths are.
 */
const namedByNode: ReadonlySet<string> = new Set(METHODS);
const isBeyondNode = ({ method, target }: Request): boolean =>
  !namedByNode.has(method) || method === 'CONNECT' || !/^[/*][\0-\x7f]*$/.test(target);

test(
  'whatever we take as requests, Node takes for the same, in whatever pieces it comes',
  { timeout: 60_000 },
  async () => {
    let taken = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(mutated(messages), places, async (text, shares) => {
        const [ours, refusal] = await byUs(cutAt(text, []));
        const inPieces = await byUs(cutAt(text, shares));
        assert.deepEqual(inPieces[0], ours);
        if (refusal === '' || inPieces[1] === '') assert.equal(inPieces[1], refusal);
        const theirs = await byNode(cutAt(text, []));
        refused += Number(refusal !== '');
        for (const [index, request] of ours.entries()) {
          if (isBeyondNode(request)) break;
          assert.deepEqual(request, theirs[index], JSON.stringify(text));
          taken++;
        }
      }),
      { seed: 9112, numRuns: 2000 },
    );
    assert.ok(taken > 500 && refused > 300, `${taken} taken, ${refused} refused`);
  },
);
