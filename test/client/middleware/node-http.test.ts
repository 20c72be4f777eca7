import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as send, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, describe, it } from 'node:test';

import {
  createHttpFilter,
  createMixerClient,
  encodeForwarded,
  expressMixer,
  mixerListener,
  type MiddlewareOptions,
  systemTime,
  type Value,
} from '../../../src/client/index.js';
import { deferred } from '../../support/deferred.js';
import { allow, deny, grant, type Script, ScriptedMixer } from '../support/scripted-mixer.js';

interface Answer {
  readonly code: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A server behind a scripted Mixer, on a port of its own. */
class Shop {
  readonly mixer = new ScriptedMixer();
  readonly #reported: ((set: Record<string, Value>) => void)[] = [];
  readonly #server: Server;

  constructor(listener: RequestListener, how: 'node' | 'express', options: MiddlewareOptions<unknown> = {}) {
    this.mixer.onReport = () => {
      const [set] = this.mixer.reports.at(-1) ?? [];
      this.#reported.shift()?.(Object.fromEntries(set ?? []));
      return Promise.resolve();
    };
    const client = createMixerClient({ transport: this.mixer, disableReportBatch: true, time: systemTime });
    const filter = createHttpFilter({ client });
    const express = expressMixer(filter, options);
    this.#server = createServer(
      how === 'node'
        ? mixerListener(filter, listener, options)
        : (request, response) => {
            express(request, response, () => {
              listener(request, response);
            });
          },
    );
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async open(script: Script): Promise<this> {
    this.mixer.script = script;
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  /** The next report. */
  reported(): Promise<Record<string, Value>> {
    const { promise, resolve } = deferred<Record<string, Value>>();
    this.#reported.push(resolve);
    return promise;
  }

  async ask(
    path: string,
    { body, ...options }: { method?: string; headers?: Record<string, string>; body?: string[] } = {},
  ): Promise<Answer> {
    const request = send({ port: this.port, host: '127.0.0.1', path, agent: false, ...options });
    for (const chunk of body ?? []) request.write(chunk);
    request.end();
    const [response] = await once(request, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { code: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const change = (name: string, value: string, operation: 'REPLACE' | 'REMOVE' | 'APPEND' = 'REPLACE') => ({
  name,
  value,
  operation,
});
const directive = {
  requestHeaderOperations: [
    change('x-user', 'anna'),
    change('cookie', '', 'REMOVE'),
    change('accept', 'b', 'APPEND'),
    change(':path', '/new'),
  ],
  responseHeaderOperations: [
    change('x-answer', '2'),
    change('x-secret', '', 'REMOVE'),
    change('x-list', 'b', 'APPEND'),
    change('bad', 'a\r\nset-cookie: x'),
  ],
  directResponseCode: 0,
  directResponseBody: '',
};

for (const how of ['node', 'express'] as const) {
  describe(`a server behind a Mixer, by ${how === 'node' ? 'the listener of node:http' : 'the middleware of Express'}`, () => {
    const shops: Shop[] = [];
    after(() => {
      for (const shop of shops) shop.close();
    });
    const open = (script: Script, listener: RequestListener, options?: MiddlewareOptions<unknown>): Promise<Shop> => {
      const shop = new Shop(listener, how, options);
      shops.push(shop);
      return shop.open(script);
    };

    it('asks about a request, lets it pass and reports it', async () => {
      const shop = await open(
        () => allow(),
        (request, response) => {
          let size = 0;
          request.on('data', (chunk: Buffer) => (size += chunk.length));
          request.on('end', () => {
            response.setHeader('x-size', size);
            response.write('hello ');
            response.end('wörld');
          });
        },
      );
      const reported = shop.reported();
      const answer = await shop.ask('/books?id=1', {
        method: 'POST',
        headers: { 'User-Agent': 'test', host: 'shop' },
        body: ['abc', 'defg'],
      });
      assert.deepEqual([answer.code, answer.headers['x-size'], answer.body], [200, '7', 'hello wörld']);
      const asked = Object.fromEntries(shop.mixer.checks[0]!.attributes);
      assert.equal(asked['request.path'], '/books?id=1');
      assert.equal(asked['request.url_path'], '/books');
      assert.equal(asked['request.method'], 'POST');
      assert.equal(asked['request.host'], 'shop');
      assert.equal(asked['request.useragent'], 'test');
      assert.deepEqual(asked['request.query_params'], new Map([['id', '1']]));
      assert.deepEqual(asked['origin.ip'], Uint8Array.of(127, 0, 0, 1));
      assert.equal(asked['connection.mtls'], false);
      const told = await reported;
      assert.equal(told['response.code'], 200n);
      assert.equal(told['request.size'], 7n);
      assert.equal(told['response.size'], 12n);
      assert.equal(told['check.cache_hit'], false);
      assert.equal(told['context.proxy_error_code'], '-');
      const headers = told['response.headers'] as Map<string, string>;
      assert.equal(headers.get(':status'), '200');
      assert.equal(headers.get('x-size'), '7');
      assert.ok((told['response.total_size'] as bigint) > 12n);
    });

    it('answers a request that is denied, without the handler', async () => {
      let handled = 0;
      const shop = await open(
        () => deny(7, 'closed'),
        (_, response) => {
          handled++;
          response.end();
        },
      );
      const first = shop.reported();
      const answer = await shop.ask('/');
      assert.deepEqual([answer.code, answer.body], [403, 'PERMISSION_DENIED:closed']);
      assert.equal(answer.headers['content-type'], 'text/plain');
      const told = await first;
      assert.equal(told['response.code'], 403n);
      assert.equal(told['check.error_code'], 7n);
      assert.equal(told['context.proxy_error_code'], 'UAEX');
      // Known now, so at once.
      assert.equal((await shop.ask('/')).code, 403);
      assert.equal(shop.mixer.checks.length, 1);
      assert.equal(handled, 0);
    });

    it('answers directly when it is told to', async () => {
      const direct = {
        ...directive,
        directResponseCode: 302,
        directResponseBody: 'there',
        responseHeaderOperations: [change('location', '/there')],
      };
      const shop = await open(
        () => allow({ directive: direct }),
        () => assert.fail('handled'),
      );
      const answer = await shop.ask('/');
      assert.deepEqual([answer.code, answer.headers.location, answer.body], [302, '/there', 'there']);
    });

    it('changes headers of requests and responses, but not into two', async () => {
      const shop = await open(
        () => allow({ directive }),
        (request, response) => {
          const { 'x-user': user, cookie, accept } = request.headers;
          response.setHeader('x-secret', '1');
          response.setHeader('x-list', 'a');
          response.writeHead(201, 'Made', { 'X-Answer': '1', 'x-other': 'o' });
          response.end(JSON.stringify([request.url, user, cookie, accept]));
        },
      );
      const answer = await shop.ask('/old', { headers: { cookie: 'c', accept: 'a' } });
      assert.equal(answer.code, 201);
      assert.deepEqual(JSON.parse(answer.body), ['/new', 'anna', null, 'a, b']);
      const { 'x-answer': replaced, 'x-secret': removed, 'x-list': list, 'x-other': other, bad } = answer.headers;
      assert.deepEqual([replaced, removed, list, other, bad], ['2', undefined, 'a, b', 'o', undefined]);
      assert.equal(answer.headers['set-cookie'], undefined);
    });

    it('takes the attributes of a proxy before it, and the header away', async () => {
      const shop = await open(
        () => allow(),
        (request, response) => {
          response.end(String(request.headers['x-istio-attributes']));
        },
      );
      const header = encodeForwarded(new Map([['source.uid', 'kubernetes://a.b']]));
      assert.equal((await shop.ask('/', { headers: { 'x-istio-attributes': header } })).body, 'undefined');
      assert.equal(shop.mixer.checks[0]?.attributes.get('source.uid'), 'kubernetes://a.b');
    });

    it('charges the quotas of the service that it is told', async () => {
      const quotaSpecs = [{ name: 'q', namespace: 'n', rules: [{ quotas: [{ quota: 'calls' }] }] }];
      const shop = await open(
        () => allow({}, { calls: grant(0) }),
        () => assert.fail('handled'),
        {
          service: () => ({ quotaSpecs }),
        },
      );
      const answer = await shop.ask('/');
      assert.deepEqual([answer.code, answer.body], [429, 'RESOURCE_EXHAUSTED:Quota is exhausted for: calls']);
    });

    it('keeps a body until the request is allowed', async () => {
      const gate = deferred<undefined>();
      const shop = await open(
        () => gate.promise.then(() => allow()),
        (request, response) => {
          request.pipe(response);
        },
      );
      const answer = shop.ask('/', { method: 'POST', body: ['a'.repeat(100_000), 'b'] });
      await new Promise((resolve) => setImmediate(resolve));
      gate.resolve(undefined);
      assert.equal((await answer).body.length, 100_001);
    });

    it('counts a body without disturbing who reads it bit by bit', async () => {
      const shop = await open(
        () => allow(),
        (request, response) => {
          void (async () => {
            let text = '';
            const hasEnded = (): boolean => request.readableEnded;
            while (!hasEnded()) {
              text += String(request.read() ?? '');
              // Long enough that data which flows would be gone.
              await new Promise((resolve) => setImmediate(resolve));
              if (!hasEnded() && request.readableLength === 0)
                await Promise.race([once(request, 'readable'), once(request, 'end')]);
            }
            response.end(text);
          })();
        },
      );
      const reported = shop.reported();
      assert.equal((await shop.ask('/', { method: 'POST', body: ['abc', 'def', 'ghi'] })).body, 'abcdefghi');
      assert.equal((await reported)['request.size'], 9n);
    });

    it('cancels the check of a caller who goes, and reports that', async () => {
      const aborted = deferred<undefined>();
      const asked = deferred<undefined>();
      const shop = await open(
        (_, { signal }) => {
          signal.addEventListener('abort', () => {
            aborted.resolve(undefined);
          });
          asked.resolve(undefined);
          return deferred<never>().promise;
        },
        () => assert.fail('handled'),
      );
      const reported = shop.reported();
      const socket = connect(shop.port, '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
      await asked.promise;
      socket.destroy();
      await aborted.promise;
      const told = await reported;
      assert.equal(told['context.proxy_error_code'], 'DC');
      assert.equal(told['response.code'], 500n);
    });

    it('counts nothing twice when requests follow each other on one connection', async () => {
      const shop = await open(
        () => allow(),
        (request, response) => {
          response.end(request.url);
        },
      );
      const sizes = [shop.reported(), shop.reported()];
      const socket = connect(shop.port, '127.0.0.1');
      socket.write('GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /22 HTTP/1.1\r\nhost: a\r\n\r\n');
      const told = await Promise.all(sizes);
      socket.destroy();
      assert.deepEqual(
        told.map((one) => [one['request.path'], one['response.size']]),
        [
          ['/1', 2n],
          ['/22', 3n],
        ],
      );
    });
  });
}

describe('the middleware of Express', () => {
  it('asks with the whole path where it is mounted', async () => {
    const mixer = new ScriptedMixer();
    const filter = createHttpFilter({ client: createMixerClient({ transport: mixer }) });
    const server = createServer((request, response) => {
      // As Express does for app.use('/mount', ...).
      const mounted = Object.assign(request, { originalUrl: request.url, url: '/rest' });
      expressMixer(filter)(mounted, response, () => response.end(mounted.url));
    });
    try {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mount/rest`);
      assert.equal(await answer.text(), '/rest');
      assert.equal(mixer.checks[0]?.attributes.get('request.path'), '/mount/rest');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

it('leaves a request alone that somebody else answers while it is checked', async () => {
  const gate = deferred<undefined>();
  const mixer = new ScriptedMixer(() => gate.promise.then(() => deny(7)));
  const filter = createHttpFilter({ client: createMixerClient({ transport: mixer, disableReportBatch: true }) });
  const listener = mixerListener(filter, () => assert.fail('handled'));
  const server = createServer((request, response) => {
    listener(request, response);
    // As a timeout does.
    response.write('la');
    gate.resolve(undefined);
    setImmediate(() => response.end('te'));
  });
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    assert.deepEqual([answer.status, await answer.text()], [200, 'late']);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

for (const isAllowed of [true, false]) {
  it(`${isAllowed ? 'goes on with' : 'breaks off'} a response that had begun before the check`, async () => {
    const mixer = new ScriptedMixer(() => Promise.resolve(isAllowed ? allow() : deny(7)));
    const filter = createHttpFilter({ client: createMixerClient({ transport: mixer, disableReportBatch: true }) });
    const listener = mixerListener(filter, (_request, response) => {
      assert.ok(isAllowed);
      response.end('events');
    });
    const server = createServer((request, response) => {
      response.flushHeaders();
      listener(request, response);
    });
    try {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const answer = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`).then((got) => got.text());
      if (isAllowed) assert.equal(await answer, 'events');
      else await assert.rejects(answer);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
}
