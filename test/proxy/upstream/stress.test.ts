import assert from 'node:assert/strict';
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { createServer, type RequestListener, type Server } from 'node:http';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import type { UpstreamEndpoint } from '../../../src/proxy/upstream/types.js';
import { eventually } from '../../support/peer.js';
import { listening, oneCluster, realEnv, requestOf, seededRandom } from './fixture.js';

const requests = 600;
const atOnce = 40;

/** What becomes of a request is in its path: the server does it, and its number comes back in the body. */
const behaviours = ['answer', 'answer', 'answer', 'slow', 'reset', 'half', 'large'];

const http1: RequestListener = (request, response) => {
  request.resume();
  const [, behaviour, number] = request.url!.split('/');
  if (behaviour === 'reset') request.socket.destroy();
  else if (behaviour === 'half') {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('some', () => request.socket.destroy());
  } else if (behaviour === 'slow') setTimeout(() => response.end(number), 5);
  else if (behaviour === 'large') response.end(`${number}${' '.repeat(200_000)}`);
  else response.end(number);
};

function http2(stream: ServerHttp2Stream, path: string): void {
  stream.on('error', () => undefined);
  stream.resume();
  const [, behaviour, number] = path.split('/');
  if (behaviour === 'reset') {
    stream.close(2);
    return;
  }
  stream.respond({ ':status': 200, ...(behaviour === 'half' ? { 'content-length': '1000' } : {}) });
  if (behaviour === 'half') stream.write('some', () => stream.close(2));
  else if (behaviour === 'slow') setTimeout(() => stream.end(number), 5);
  else if (behaviour === 'large') stream.end(`${number}${' '.repeat(200_000)}`);
  else stream.end(number);
}

type Outcome = 'ended' | 'failed' | 'cancelled';

/** Sends one, and checks that it ends once and with its own answer. */
function send(endpoint: UpstreamEndpoint, number: number, random: () => number): Promise<Outcome> {
  const behaviour = behaviours[Math.floor(random() * behaviours.length)]!;
  const body = random() < 0.3 ? Readable.from([Buffer.alloc(1000), Buffer.alloc(50_000)]) : undefined;
  const cancelAfter = random() < 0.15 ? random() * 4 : undefined;
  return new Promise((resolve, reject) => {
    let text = '';
    let ends = 0;
    const end = (outcome: Outcome): void => {
      if (++ends > 1) reject(new Error(`${behaviour} ended twice`));
      else if (outcome === 'ended' && text.trim() !== String(number)) reject(new Error(`${text} for ${number}`));
      else resolve(outcome);
    };
    const head = { method: body === undefined ? 'GET' : 'POST', path: `/${behaviour}/${number}` };
    const call = endpoint.send(requestOf(head, body), {
      onHead: () => undefined,
      onData: (chunk) => {
        text += chunk.toString();
        if (random() < 0.7) return true;
        setImmediate(() => call.resume());
        return false;
      },
      onEnd: () => end('ended'),
      onFailure: () => end('failed'),
    });
    if (cancelAfter === undefined) return;
    setTimeout(() => {
      if (ends > 0) return;
      call.cancel();
      end('cancelled');
    }, cancelAfter);
  });
}

async function stress(server: Server | ReturnType<typeof createHttp2Server>, changes: object): Promise<void> {
  const random = seededRandom(42);
  await listening(server, async ({ target }) => {
    const { set, cluster, pick } = oneCluster([target], changes, { ...realEnv, random });
    const counts = { ended: 0, failed: 0, cancelled: 0 };
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < requests) counts[await send(pick(), next++, random)]++;
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    assert.equal(counts.ended + counts.failed + counts.cancelled, requests);
    assert.ok(counts.ended > requests / 2, JSON.stringify(counts));
    const stats = (): (number | undefined)[] =>
      ['upstream_rq_active', 'upstream_rq_pending_active', 'upstream_cx_active'].map((name) => cluster.stats.get(name));
    assert.deepEqual(stats().slice(0, 2), [0, 0]);
    assert.equal(pick().active, 0);
    await set.close();
    await eventually(async () => (stats()[2] === 0 ? true : undefined));
  });
}

for (const limits of [{}, { maxConnections: 7, maxRequestsPerConnection: 13 }]) {
  const which = `with limits ${JSON.stringify(limits)}`;
  test(`HTTP/1.1: nothing crosses from one request to another, and all end once, ${which}`, () =>
    stress(createServer(http1), { limits }));

  test(`HTTP/2: nothing crosses from one request to another, and all end once, ${which}`, () => {
    const server = createHttp2Server({ settings: { maxConcurrentStreams: 9 } });
    server.on('stream', (stream, headers) => http2(stream, String(headers[':path'])));
    server.on('session', (session) => void session.on('error', () => undefined));
    return stress(server, { http2: true, limits });
  });
}
