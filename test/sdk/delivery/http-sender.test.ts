import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { after, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createHttpSender, type HttpSenderOptions, type SendOutcome } from 'fairlead/sdk/delivery';

const ends: (() => void)[] = [];
after(() => {
  for (const end of ends) end();
});

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A server that notes requests and answers them as told. */
async function serve(
  answer: RequestListener,
): Promise<{ readonly url: string; readonly seen: Seen[]; readonly sockets: Set<Socket> }> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks) });
      answer(request, response);
    });
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, sockets };
}

/** A server that answers with these bytes, or not at all. */
async function serveBytes(answer: string | undefined): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => (answer === undefined ? undefined : socket.end(answer)));
    ends.push(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const encode = (batch: readonly string[]) => ({ body: batch.join('\n'), headers: { 'content-type': 'text/plain' } });

function send(
  url: string,
  options: Partial<HttpSenderOptions<string>> = {},
  signal = new AbortController().signal,
): Promise<SendOutcome<string>> {
  return createHttpSender<string>({ url, encode, ...options })(['a', 'b'], { signal, attempt: 1 });
}

const status =
  (code: number, headers: Record<string, string> = {}, body = ''): RequestListener =>
  (_request, response) =>
    void response.writeHead(code, headers).end(body);

describe('createHttpSender(): requests', () => {
  it('posts the batch as it was encoded', async () => {
    const { url, seen } = await serve(status(204));
    assert.deepEqual(await send(`${url}/in?x=1`), { kind: 'delivered' });
    assert.deepEqual([seen[0]!.method, seen[0]!.url, String(seen[0]!.body)], ['POST', '/in?x=1', 'a\nb']);
    assert.equal(seen[0]!.headers['content-type'], 'text/plain');
  });

  it('compresses when told so', async () => {
    const { url, seen } = await serve(status(200));
    await send(url, { gzip: true, method: 'PUT' });
    assert.equal(seen[0]!.method, 'PUT');
    assert.equal(seen[0]!.headers['content-encoding'], 'gzip');
    assert.equal(String(gunzipSync(seen[0]!.body)), 'a\nb');
  });

  it('turns a user in the URL into basic authentication', async () => {
    const { url, seen } = await serve(status(200));
    await send(url.replace('//', '//ann:p%40ss@'));
    assert.equal(seen[0]!.headers.authorization, `Basic ${Buffer.from('ann:p@ss').toString('base64')}`);
    // A percent sign that escapes nothing is meant.
    await send(url.replace('//', '//ann:100%@'));
    assert.equal(seen[1]!.headers.authorization, `Basic ${Buffer.from('ann:100%').toString('base64')}`);
  });

  it('asks for headers before each attempt', async () => {
    const { url, seen } = await serve(status(200));
    let token = 0;
    const sender = createHttpSender<string>({
      url,
      encode,
      headers: async () => ({ authorization: `Bearer token-${(token += 1)}` }),
    });
    for (const attempt of [1, 2]) await sender(['a'], { signal: new AbortController().signal, attempt });
    assert.deepEqual(
      seen.map(({ headers }) => headers.authorization),
      ['Bearer token-1', 'Bearer token-2'],
    );
  });

  it('uses one connection again and again, whatever the answers', async () => {
    let count = 0;
    const { url, sockets } = await serve((request, response) => {
      count += 1;
      status([200, 400, 503][count % 3]!, {}, 'some text')(request, response);
    });
    for (let round = 0; round < 9; round += 1) await send(url);
    // Two, for an answer may not have ended quite when the next request is made.
    assert.ok(sockets.size <= 2, `${sockets.size} connections`);
  });

  it('rejects a batch that cannot be encoded', async () => {
    const { url, seen } = await serve(status(200));
    const outcome = await send(url, { encode: () => assert.fail('no such field') });
    assert.deepEqual(outcome, { kind: 'rejected', reason: 'entries cannot be encoded: no such field' });
    assert.equal(seen.length, 0);
  });

  it('refuses what is no URL when it is made', () => {
    assert.throws(() => createHttpSender({ url: 'nowhere', encode }), TypeError);
  });
});

describe('createHttpSender(): answers', () => {
  for (const code of [408, 425, 429, 500, 502, 503, 504, 522]) {
    it(`tries again after ${code}`, async () => {
      const { url } = await serve(status(code));
      assert.equal((await send(url)).kind, 'retry');
    });
  }

  for (const code of [301, 302, 307, 400, 401, 403, 404, 422, 501, 505]) {
    it(`rejects the batch after ${code}`, async () => {
      const { url, seen } = await serve(status(code, { location: '/elsewhere' }));
      assert.equal((await send(url)).kind, 'rejected');
      assert.equal(seen.length, 1);
    });
  }

  it('has the halves of a batch sent after 413, and rejects an entry alone', async () => {
    const { url } = await serve(status(413));
    assert.equal((await send(url)).kind, 'split');
    const context = { signal: new AbortController().signal, attempt: 1 };
    assert.equal((await createHttpSender<string>({ url, encode })(['a'], context)).kind, 'rejected');
  });

  it('tries again after a status that is said to mean so', async () => {
    const { url } = await serve(status(401));
    assert.equal((await send(url, { retryOn: [401] })).kind, 'retry');
  });

  it('follows redirects when told so', async () => {
    const { url } = await serve((request, response) => {
      status(request.url === '/new' ? 200 : 307, { location: '/new' })(request, response);
    });
    assert.equal((await send(url, { followRedirects: true })).kind, 'delivered');
  });

  for (const [text, date, millis] of [
    ['7', undefined, 7000],
    ['Wed, 21 Oct 2026 07:28:30 GMT', 'Wed, 21 Oct 2026 07:28:00 GMT', 30_000],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 'Wed, 21 Oct 2026 07:28:30 GMT', 0],
    ['99999999', undefined, 300_000],
    ['soon', undefined, undefined],
  ] as const) {
    it(`heeds Retry-After: ${text}`, async () => {
      const { url } = await serve(status(503, { 'retry-after': text, ...(date && { date }) }));
      const outcome = await send(url);
      assert.equal(outcome.kind === 'retry' && outcome.retryAfterMillis, millis);
    });
  }

  it('shows the start of the answer in the reason', async () => {
    const { url } = await serve(status(400, {}, `missing\nfield ${'x'.repeat(5000)}`));
    const outcome = await send(url);
    assert.ok(outcome.kind === 'rejected');
    assert.match(outcome.reason, /^127\.0\.0\.1:\d+: HTTP 400: missing field x+\.\.\.$/);
    assert.ok(outcome.reason.length < 250);
  });

  it('lets a hook look into what came back', async () => {
    const { url } = await serve(status(200, {}, '{"failed":["b"]}'));
    const outcome = await send(url, {
      accept: ({ body, isComplete, status: code }) => {
        assert.deepEqual([code, isComplete], [200, true]);
        const { failed } = JSON.parse(body) as { failed: string[] };
        return { kind: 'partial', reason: 'some failed', again: failed, rejected: 0 };
      },
    });
    assert.equal(outcome.kind === 'partial' && outcome.again[0], 'b');
    assert.deepEqual(await send(url, { accept: () => undefined }), { kind: 'delivered' });
  });

  it('tries again when the hook does not understand the answer', async () => {
    const { url } = await serve(status(200, {}, 'garbage'));
    assert.equal((await send(url, { accept: ({ body }) => JSON.parse(body) as undefined })).kind, 'retry');
  });

  it('reads no more of an answer than it may', async () => {
    const { url } = await serve((_request, response) => {
      const more = (): void => {
        if (response.write('x'.repeat(65_536))) setImmediate(more);
        else response.once('drain', more);
      };
      response.writeHead(200);
      more();
    });
    let read = 0;
    const accept: HttpSenderOptions<string>['accept'] = ({ body, isComplete }) => {
      read = body.length;
      assert.equal(isComplete, false);
      return undefined;
    };
    assert.equal((await send(url, { accept, maxResponseBytes: 1000 })).kind, 'delivered');
    assert.equal(read, 1000);
  });
});

describe('createHttpSender(): the way', () => {
  it('tries again when nobody listens', async () => {
    const { url } = await serve(status(200));
    ends.pop()!();
    const outcome = await send(url);
    assert.ok(outcome.kind === 'retry');
    assert.match(outcome.reason, /^127\.0\.0\.1:\d+: ECONNREFUSED$/);
  });

  it('tries again when the name is unknown', async () => {
    const outcome = await send('http://nowhere.invalid:81/secret-path');
    assert.ok(outcome.kind === 'retry');
    assert.match(outcome.reason, /^nowhere\.invalid:81: E(NOTFOUND|AI_AGAIN)$/);
  });

  it('tries again after garbage, and after a connection that breaks off', async () => {
    for (const bytes of ['SSH-2.0-OpenSSH\r\n\r\n', '', 'HTTP/1.1 200 OK\r\nContent-Le']) {
      assert.equal((await send(await serveBytes(bytes))).kind, 'retry');
    }
  });

  it('believes a 2xx whose body breaks off, unless the hook has to see it', async () => {
    const url = await serveBytes('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc');
    assert.equal((await send(url)).kind, 'delivered');
    assert.equal((await send(url, { accept: () => undefined })).kind, 'retry');
  });

  it('ends when the attempt is aborted', async () => {
    const abort = new AbortController();
    const pending = send(await serveBytes(undefined), {}, abort.signal);
    abort.abort(new Error('no answer within 500 ms'));
    const outcome = await pending;
    assert.ok(outcome.kind === 'retry');
    assert.match(outcome.reason, /no answer within 500 ms/);
  });

  it('keeps secrets out of its texts', async () => {
    const { url } = await serve((request, response) => {
      status(
        400,
        {},
        `bad: ${request.url} ${request.headers.authorization} ${String(request.headers['x-api-key'])}`,
      )(request, response);
    });
    const outcome = await send(`${url}/in?token=s3cr3t-token`, {
      headers: { authorization: 'Bearer abcdefgh', 'x-api-key': 'k3yk3yk3y' },
    });
    assert.ok(outcome.kind === 'rejected');
    assert.doesNotMatch(outcome.reason, /s3cr3t|abcdefgh|k3y/);
    assert.match(outcome.reason, /HTTP 400: bad: \/in\*\*\*/);
  });

  it('keeps out what is said to be secret, and no part of it that a cut leaves', async () => {
    const { url } = await serve((request, response) => {
      status(404, {}, `${'x'.repeat(190)}${request.url}`)(request, response);
    });
    const secrets = ['a-very-secret-path'];
    const outcome = await send(`${url}/a-very-secret-path`, { secrets });
    assert.ok(outcome.kind === 'rejected');
    assert.match(outcome.reason, /HTTP 404: x+\/\*\*\*$/);
  });
});
