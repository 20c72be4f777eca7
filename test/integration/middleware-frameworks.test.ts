import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request as send } from 'node:http';
import { after, before, describe, it } from 'node:test';

import fastify from 'fastify';

import {
  createEmbeddedTransport,
  createHttpFilter,
  createMixerClient,
  type Duration,
  encodeForwarded,
  fastifyMixer,
  type Value,
} from '../../src/client/index.js';
import { createMixer, type Mixer } from '../../src/create-mixer.js';
import { allow, deny, type Script, ScriptedMixer } from '../client/support/scripted-mixer.js';
import { type FrameworkApp, frameworks } from '../support/framework-apps.js';
import { eventually } from '../support/peer.js';

const rules = `
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: { name: denier, namespace: istio-system }
spec:
  compiledAdapter: denier
  params: { status: { code: 7, message: not allowed } }
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: { name: nothing, namespace: istio-system }
spec: { compiledTemplate: checknothing, params: {} }
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: { name: deny, namespace: istio-system }
spec:
  match: request.headers["x-user"] == "mallory"
  actions: [{ handler: denier, instances: [nothing] }]
---
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: { name: memquota, namespace: istio-system }
spec:
  compiledAdapter: memquota
  params: { quotas: [{ name: requests.instance.istio-system, maxAmount: 4, validDuration: 600s }] }
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: { name: requests, namespace: istio-system }
spec:
  compiledTemplate: quota
  params: { dimensions: { host: 'request.host | "none"' } }
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: { name: quota, namespace: istio-system }
spec:
  actions: [{ handler: memquota, instances: [requests] }]
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: { name: headers, namespace: istio-system }
spec:
  match: request.url_path == "/hello"
  requestHeaderOperations: [{ name: x-user, values: ['"engine"'] }]
  responseHeaderOperations: [{ name: x-for, values: ['request.headers["x-user"] | "nobody"'] }]
`;

const quotaSpecs = [
  {
    name: 'books',
    namespace: 'shop',
    rules: [
      { match: [{ clause: new Map([['request.url_path', { prefix: '/books/' }]]) }], quotas: [{ quota: 'requests' }] },
    ],
  },
];

const change = (name: string, value: string, operation: 'REPLACE' | 'REMOVE' | 'APPEND' = 'REPLACE') => ({
  name,
  value,
  operation,
});
const directive = {
  requestHeaderOperations: [change('x-user', 'anna')],
  responseHeaderOperations: [
    change('x-answer', '2'),
    change('x-secret', '', 'REMOVE'),
    change('x-list', 'b', 'APPEND'),
    change('set-cookie', 'b=2', 'APPEND'),
  ],
  directResponseCode: 0,
  directResponseBody: '',
};

interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: readonly (Buffer | string)[];
}

async function open(port: number, path: string, { body = [], ...options }: Ask = {}): Promise<IncomingMessage> {
  const request = send({ host: '127.0.0.1', port, path, agent: false, ...options });
  request.on('error', () => undefined);
  for (const part of body) request.write(part);
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function ask(port: number, path: string, options?: Ask) {
  const response = await open(port, path, options);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { code: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

it('reports what Fastify answers without a server', async () => {
  const scripted = new ScriptedMixer();
  const app = fastify();
  const client = createMixerClient({ transport: scripted, disableReportBatch: true });
  await app.register(fastifyMixer(createHttpFilter({ client })));
  app.get('/', () => 'hello');
  assert.equal((await app.inject('/')).body, 'hello');
  await eventually(() => Promise.resolve(scripted.reports[0]));
  assert.equal(new Map(scripted.reports[0]![0]).get('response.code'), 200n);
});

for (const [name, start] of Object.entries(frameworks)) {
  describe(`an application on ${name} behind a Mixer`, { timeout: 180_000 }, () => {
    const scripted = new ScriptedMixer();
    const apps: FrameworkApp[] = [];
    let mixer: Mixer;
    let port: number;
    let enginePort: number;

    before(async () => {
      const client = createMixerClient({ transport: scripted, disableReportBatch: true });
      apps.push(await start(createHttpFilter({ client })));
      mixer = await createMixer({ config: { yaml: rules } });
      assert.deepEqual(mixer.diagnostics, []);
      const engine = createMixerClient({ transport: createEmbeddedTransport(mixer) });
      const services = { serviceConfigs: new Map([['shop', { quotaSpecs }]]), defaultDestinationService: 'shop' };
      apps.push(await start(createHttpFilter({ client: engine, config: services })));
      [port, enginePort] = [apps[0]!.port, apps[1]!.port];
    });
    after(async () => {
      await Promise.all(apps.map((app) => app.stop()));
      await mixer.close();
    });

    const script = (given: Script): void => {
      scripted.script = given;
      scripted.checks.length = 0;
      scripted.reports.length = 0;
      scripted.onReport = () => Promise.resolve();
    };
    const fresh = { validUseCount: 0 };
    /** The one report since the script was set. */
    const reported = async (): Promise<Record<string, Value>> => {
      const sets = await eventually(() => Promise.resolve(scripted.reports[0]));
      assert.equal(scripted.reports.length, 1);
      return Object.fromEntries(sets[0]!);
    };
    const picked = (set: Record<string, Value>, ...names: string[]) => names.map((one) => set[one]);

    it('asks about the request as it came, and changes headers both ways', async () => {
      script(() => allow({ ...fresh, directive }));
      const header = encodeForwarded(new Map([['source.uid', 'kubernetes://a.b']]));
      const answer = await ask(port, '/hello?x=1', { headers: { 'x-user': 'bob', 'x-istio-attributes': header } });
      assert.deepEqual([answer.code, answer.body.toString()], [200, 'hello anna']);
      const { headers } = answer;
      assert.deepEqual([headers['x-answer'], headers['x-secret'], headers['x-list']], ['2', undefined, 'a, b']);
      assert.deepEqual(
        headers['set-cookie']?.map((cookie) => cookie.replace('; Path=/', '')),
        ['a=1', 'b=2'],
      );
      const asked = Object.fromEntries(scripted.checks[0]!.attributes);
      assert.deepEqual(picked(asked, 'request.method', 'request.path', 'request.url_path', 'source.uid'), [
        'GET',
        '/hello?x=1',
        '/hello',
        'kubernetes://a.b',
      ]);
      assert.equal(asked['request.host'], `127.0.0.1:${port}`);
      assert.deepEqual(asked['origin.ip'], Uint8Array.of(127, 0, 0, 1));
      const told = await reported();
      assert.deepEqual(picked(told, 'response.code', 'response.size', 'context.proxy_error_code'), [200n, 10n, '-']);
      assert.equal((told['response.headers'] as ReadonlyMap<string, string>).get('x-answer'), '2');
    });

    it('answers a request that is denied, and no handler sees it', async () => {
      script(() => deny(16, 'who?', fresh));
      const answer = await ask(port, '/throw');
      assert.deepEqual([answer.code, answer.body.toString()], [401, 'UNAUTHENTICATED:who?']);
      const told = await reported();
      assert.deepEqual(picked(told, 'response.code', 'check.error_code', 'context.proxy_error_code'), [
        401n,
        16n,
        'UAEX',
      ]);
    });

    it('answers directly, with the changes for that', async () => {
      const direct = { ...directive, directResponseCode: 418, directResponseBody: 'tea' };
      script(() => allow({ ...fresh, directive: direct }));
      const answer = await ask(port, '/hello');
      assert.deepEqual([answer.code, answer.body.toString(), answer.headers['x-answer']], [418, 'tea', '2']);
    });

    it('answers directly without a body where there is none', async () => {
      for (const directResponseCode of [204, 304]) {
        script(() => allow({ ...fresh, directive: { ...directive, directResponseCode, directResponseBody: 'tea' } }));
        const { code, headers } = await ask(port, '/hello');
        assert.deepEqual([code, headers['content-length'], headers['x-answer']], [directResponseCode, undefined, '2']);
        assert.equal((await reported())['response.size'], 0n);
      }
    });

    it('leaves to the server how long an answer is', async () => {
      const responseHeaderOperations = [
        change('content-length', '2'),
        change('transfer-encoding', 'chunked', 'APPEND'),
      ];
      script(() => allow({ ...fresh, directive: { ...directive, responseHeaderOperations } }));
      assert.equal((await ask(port, '/hello')).body.toString(), 'hello anna');
    });

    it('reports HEAD, allowed and denied, and no size of what is not sent', async () => {
      for (const answer of [allow(fresh), deny(7, 'no', fresh)]) {
        script(() => answer);
        const code = answer.precondition?.status.code === 0 ? 200 : 403;
        assert.equal((await ask(port, '/hello', { method: 'HEAD' })).code, code);
        const told = await reported();
        assert.deepEqual(picked(told, 'response.code', 'response.size', 'request.method'), [BigInt(code), 0n, 'HEAD']);
      }
    });

    it('asks about the path that routers see, also of a whole URL', async () => {
      for (const path of ['http://any:1/hello?x=1', '/hello?x=1#/other']) {
        script(() => allow(fresh));
        await ask(port, path);
        const asked = Object.fromEntries(scripted.checks[0]!.attributes);
        assert.deepEqual(picked(asked, 'request.path', 'request.url_path'), ['/hello?x=1', '/hello']);
      }
    });

    it('denies where a body still comes, and the server goes on', async () => {
      script(() => deny(7, '', fresh));
      const answer = await ask(port, '/echo', { method: 'POST', body: [Buffer.alloc(300_000, 'x')] });
      assert.equal(answer.code, 403);
      await reported();
      script(() => allow(fresh));
      assert.equal((await ask(port, '/hello')).code, 200);
    });

    it('leaves bodies alone, and tells their sizes', async () => {
      const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 31) & 255));
      const headers = { 'content-type': 'application/octet-stream' };
      for (const parts of [[bytes], [bytes.subarray(0, 7), bytes.subarray(7)]]) {
        script(() => allow({ ...fresh, directive }));
        const sized = { ...headers, 'content-length': String(bytes.length) };
        const sent = parts.length === 1 ? sized : headers;
        const answer = await ask(port, '/echo', { method: 'POST', headers: sent, body: parts });
        assert.ok(answer.body.equals(bytes));
        const told = await reported();
        assert.deepEqual(picked(told, 'request.size', 'response.size'), [200_000n, 200_000n]);
      }
    });

    it('leaves parsed bodies alone', async () => {
      script(() => new Promise((resolve) => setImmediate(() => resolve(allow(fresh)))));
      const headers = { 'content-type': 'application/json' };
      const answer = await ask(port, '/json', { method: 'POST', headers, body: ['{"a":', '[1,"ä"]}'] });
      assert.deepEqual(JSON.parse(answer.body.toString()), { a: [1, 'ä'] });
      assert.equal((await reported())['request.size'], 14n);
    });

    it('reports a stream at its end, not before', async () => {
      script(() => allow(fresh));
      const answer = await ask(port, '/stream');
      assert.equal(answer.body.toString(), 'one,two');
      const told = await reported();
      assert.deepEqual(picked(told, 'response.code', 'response.size'), [200n, 7n]);
      assert.ok((told['response.duration'] as Duration).toMillis() < 60_000);
    });

    it('keeps parameters of paths, also below another prefix', async () => {
      script(() => allow(fresh));
      const answer = await ask(port, '/books/42?x=1');
      assert.equal(answer.body.toString(), 'book 42');
      assert.equal(scripted.checks[0]?.attributes.get('request.path'), '/books/42?x=1');
    });

    it('reports errors of handlers as 500', async () => {
      for (const path of ['/throw', '/reject']) {
        script(() => allow(fresh));
        assert.equal((await ask(port, path)).code, 500);
        assert.equal((await reported())['response.code'], 500n);
      }
    });

    it('reports what is not there', async () => {
      script(() => allow(fresh));
      assert.equal((await ask(port, '/nothing')).code, 404);
      assert.equal((await reported())['response.code'], 404n);
    });

    it('reports a caller who goes while the answer still comes', async () => {
      script(() => allow(fresh));
      const response = await open(port, '/endless');
      response.on('error', () => undefined);
      await once(response, 'data');
      assert.equal(scripted.reports.length, 0);
      response.destroy();
      const told = await reported();
      assert.deepEqual(picked(told, 'response.code', 'response.size', 'context.proxy_error_code'), [200n, 5n, 'DC']);
    });

    it('ends a check whose caller has gone, and runs no handler', async () => {
      let isCancelled = false;
      script(
        (_call, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              isCancelled = true;
              reject(new Error('gone'));
            });
          }),
      );
      const request = send({ host: '127.0.0.1', port, path: '/hello', agent: false });
      request.on('error', () => undefined);
      request.end();
      await eventually(() => Promise.resolve(scripted.checks[0]));
      request.destroy();
      const told = await reported();
      assert.equal(isCancelled, true);
      assert.equal(told['context.proxy_error_code'], 'DC');
    });

    it('works with an engine in the same process', async () => {
      const hello = await ask(enginePort, '/hello', { headers: { 'x-user': 'anna' } });
      assert.deepEqual([hello.body.toString(), hello.headers['x-for']], ['hello engine', 'anna']);
      const denied = await ask(enginePort, '/hello', { headers: { 'x-user': 'mallory' } });
      assert.equal(denied.code, 403);
      assert.match(denied.body.toString(), /^PERMISSION_DENIED:.*not allowed$/);
      const codes = [];
      for (let at = 0; at < 6; at++) codes.push((await ask(enginePort, '/books/1')).code);
      assert.deepEqual(codes, [200, 200, 200, 200, 429, 429]);
    });
  });
}
