import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { Client } from 'undici';
import { listening, oneCluster, requestOf } from '../upstream/fixture.js';
import { cutAt, mutated, places } from './mutations.js';

interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

const messages = [
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-Y: z\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX-T: u\r\n\r\n',
  'HTTP/1.1 204 No Content\r\nX-Y: z\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n',
  'HTTP/1.0 200 OK\r\n\r\nto the end',
  'HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx',
  'HTTP/1.1 500\r\nContent-Length: 0\r\n\r\n',
];

/** Without what concerns the connection. */
const apart = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
]);

function comparable(raw: readonly string[]): string[] {
  const names = raw.map((text, index) => (index % 2 === 0 ? text.toLowerCase() : text));
  const listed = names.flatMap((name, index) =>
    index % 2 === 0 && name === 'connection' ? names[index + 1]!.toLowerCase().split(',') : [],
  );
  const dropped = new Set([...apart, ...listed.map((name) => name.trim())]);
  return names.filter((_text, index) => !dropped.has(names[index - (index % 2)]!));
}

/** Undefined for a failure, also one in the middle of the body. */
async function byUndici(origin: string, path: string): Promise<Answer | undefined> {
  const client = new Client(origin);
  try {
    return await new Promise<Answer>((resolve, reject) => {
      let [status, headers, body] = [0, [] as string[], ''];
      client.dispatch(
        { method: 'GET', path },
        {
          onRequestStart: () => undefined,
          onResponseStart: ({ rawHeaders }, code) => {
            if (code < 200) return;
            const texts = (rawHeaders as Buffer[]).map((text) => text.toString('latin1'));
            [status, headers] = [code, comparable(texts)];
          },
          onResponseData: (_controller, chunk) => void (body += chunk.toString('latin1')),
          onResponseEnd: () => resolve({ status, headers, body }),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
  } catch {
    return undefined;
  } finally {
    void client.destroy();
  }
}

/** Undici misses the body that a length in a 304 speaks of, and which there never is. */
const isBeyondUndici = ({ status }: Answer): boolean => status === 304;

test(
  'whatever we take as an answer, undici takes for the same, in whatever pieces it comes',
  { timeout: 60_000 },
  async () => {
    let pieces: readonly Buffer[] = [];
    const server = createServer((socket) => {
      socket.setNoDelay(true).once('data', () => {
        for (const piece of pieces) socket.write(piece);
        socket.end();
      });
    });
    let taken = 0;
    let refused = 0;
    await listening(server, async ({ target }) => {
      const { set, pick } = oneCluster([target], { limits: { maxRequestsPerConnection: 1 } });
      const byUs = (cut: readonly Buffer[]): Promise<Answer | undefined> => {
        pieces = cut;
        return new Promise((resolve) => {
          let [status, headers, body] = [0, [] as string[], ''];
          pick().send(requestOf(), {
            onHead: (head) => void ([status, headers] = [head.status, head.headers.raw]),
            onData: (chunk) => {
              body += chunk.toString('latin1');
              return true;
            },
            onEnd: () => resolve({ status, headers, body }),
            onFailure: () => resolve(undefined),
          });
        });
      };
      await fc.assert(
        fc.asyncProperty(mutated(messages), places, async (text, shares) => {
          const ours = await byUs(cutAt(text, shares));
          pieces = cutAt(text, []);
          const theirs = await byUndici(`http://${target}`, '/');
          refused += Number(ours === undefined);
          if (ours === undefined || isBeyondUndici(ours)) return;
          assert.deepEqual(ours, theirs, JSON.stringify(text));
          taken++;
        }),
        { seed: 9112, numRuns: 500 },
      );
      await set.close();
    });
    assert.ok(taken > 100 && refused > 100, `${taken} taken, ${refused} refused`);
  },
);
