import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  createHttpFilter,
  createMixerClient,
  encodeForwarded,
  type HonoContext,
  honoMixer,
  type HonoOptions,
  type Value,
} from '../../../src/client/index.js';
import { allow, deny, type Script, ScriptedMixer } from '../support/scripted-mixer.js';

/** A context as Hono documents it: a response that is put over another takes headers of that one over. */
class FakeContext implements HonoContext {
  readonly req: { raw: Request };
  #res: Response | undefined;

  constructor(raw: Request) {
    this.req = { raw };
  }

  get res(): Response {
    return (this.#res ??= new Response('404 Not Found', { status: 404 }));
  }

  set res(response: Response | undefined) {
    if (response !== undefined && this.#res !== undefined) {
      const merged = new Response(response.body, response);
      for (const [name, value] of this.#res.headers) merged.headers.set(name, value);
      this.#res = merged;
    } else this.#res = response;
  }
}

type Handler = (context: FakeContext) => Response | Promise<Response>;

function app(script: Script, handler: Handler, options?: HonoOptions) {
  const mixer = new ScriptedMixer(script);
  const filter = createHttpFilter({ client: createMixerClient({ transport: mixer, disableReportBatch: true }) });
  const middleware = honoMixer(filter, options);
  const ask = async (request: Request): Promise<Response> => {
    const context = new FakeContext(request);
    const own = await middleware(context, async () => {
      context.res = await handler(context);
    });
    return own ?? context.res;
  };
  const told = async (): Promise<Record<string, Value>> => {
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(mixer.reports.length, 1);
    return Object.fromEntries(mixer.reports[0]?.[0] ?? []);
  };
  return { mixer, ask, told };
}

const request = (path = '/', init?: RequestInit): Request => new Request(`http://shop:8080${path}`, init);
const change = (name: string, value: string, operation: 'REPLACE' | 'REMOVE' | 'APPEND' = 'REPLACE') => ({
  name,
  value,
  operation,
});
const directive = {
  requestHeaderOperations: [change('x-user', 'änna'), change(':path', '/ignored'), change('cookie', '', 'REMOVE')],
  responseHeaderOperations: [
    change('x-answer', '2'),
    change('x-secret', '', 'REMOVE'),
    change('x-list', 'b', 'APPEND'),
  ],
  directResponseCode: 0,
  directResponseBody: '',
};

describe('the middleware of Hono', () => {
  it('asks about a request, lets it pass, and reports it when its body has ended', async () => {
    const connection = { remoteAddress: Uint8Array.of(10, 0, 0, 1), isMutualTls: true, peerPrincipal: 'p' };
    const { mixer, ask, told } = app(
      () => allow(),
      async ({ req }) => new Response(`hello ${await req.raw.text()}`, { status: 201, headers: { 'x-a': '1' } }),
      { connection: () => connection },
    );
    const answer = await ask(
      request('/books?x=1', { method: 'POST', body: 'you', headers: { 'user-agent': 'test', 'content-length': '3' } }),
    );
    assert.equal(mixer.reports.length, 0);
    assert.deepEqual([answer.status, answer.headers.get('x-a'), await answer.text()], [201, '1', 'hello you']);
    const asked = Object.fromEntries(mixer.checks[0]!.attributes);
    assert.equal(asked['request.path'], '/books?x=1');
    assert.equal(asked['request.host'], 'shop:8080');
    assert.equal(asked['request.method'], 'POST');
    assert.equal(asked['request.scheme'], 'http');
    assert.equal(asked['request.useragent'], 'test');
    assert.equal(asked['source.principal'], 'p');
    const report = await told();
    assert.deepEqual(
      ['response.code', 'response.size', 'request.size', 'context.proxy_error_code'].map((name) => report[name]),
      [201n, 9n, 3n, '-'],
    );
  });

  it('answers a request that is denied, without a handler', async () => {
    const { ask, told } = app(
      () => deny(7, 'closed'),
      () => assert.fail('handled'),
    );
    const answer = await ask(request());
    assert.deepEqual([answer.status, await answer.text()], [403, 'PERMISSION_DENIED:closed']);
    assert.equal((await told())['context.proxy_error_code'], 'UAEX');
  });

  it('answers directly, also where there is no body', async () => {
    for (const code of [204, 404]) {
      const { ask, told } = app(
        () => allow({ directive: { ...directive, directResponseCode: code, directResponseBody: 'body' } }),
        () => assert.fail('handled'),
      );
      const answer = await ask(request());
      assert.deepEqual([answer.status, await answer.text()], [code, code === 204 ? '' : 'body']);
      assert.equal(answer.headers.get('x-answer'), '2');
      assert.equal((await told())['response.code'], BigInt(code));
    }
  });

  it('changes the headers of requests and responses', async () => {
    const { ask } = app(
      () => allow({ directive }),
      ({ req }) =>
        new Response(
          JSON.stringify([req.raw.headers.get('x-user'), req.raw.headers.get('cookie'), new URL(req.raw.url).pathname]),
          {
            headers: { 'x-answer': '1', 'x-secret': 's', 'x-list': 'a' },
          },
        ),
    );
    const answer = await ask(request('/old', { headers: { cookie: 'c' } }));
    assert.deepEqual(await answer.json(), ['änna', null, '/old']);
    assert.deepEqual(
      ['x-answer', 'x-secret', 'x-list'].map((name) => answer.headers.get(name)),
      ['2', null, 'a, b'],
    );
  });

  it('passes on as it is what begins another protocol', async () => {
    const upgrade = Object.defineProperty(new Response(null), 'status', { value: 101 });
    const { ask, told } = app(
      () => allow({ directive }),
      () => upgrade,
    );
    assert.equal(await ask(request()), upgrade);
    assert.equal((await told())['response.code'], 101n);
  });

  it('takes the attributes of a proxy before it, and the header away', async () => {
    const { mixer, ask } = app(
      () => allow(),
      ({ req }) => new Response(String(req.raw.headers.has('x-istio-attributes'))),
    );
    const header = encodeForwarded(new Map([['source.uid', 'kubernetes://a.b']]));
    const answer = await ask(request('/', { headers: { 'x-istio-attributes': header } }));
    assert.equal(await answer.text(), 'false');
    assert.equal(mixer.checks[0]?.attributes.get('source.uid'), 'kubernetes://a.b');
  });

  it('reports a reader who goes before the end', async () => {
    const { ask, told } = app(
      () => allow(),
      () => new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(10)) })),
    );
    const reader = (await ask(request())).body!.getReader();
    await reader.read();
    await reader.cancel();
    const report = await told();
    assert.equal(report['context.proxy_error_code'], 'DC');
    assert.ok((report['response.size'] as bigint) >= 10n);
  });

  it('reports a handler that throws, and passes the error on', async () => {
    const { ask, told } = app(
      () => allow(),
      () => {
        throw new Error('broken');
      },
    );
    await assert.rejects(ask(request()), /broken/);
    assert.equal((await told())['response.code'], 500n);
  });
});
