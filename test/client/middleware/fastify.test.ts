import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';

import {
  createHttpFilter,
  createMixerClient,
  type FastifyLike,
  fastifyMixer,
  type FastifyReplyLike,
  type FastifyRequestLike,
} from '../../../src/client/index.js';
import { deferred } from '../../support/deferred.js';
import { allow, deny, type Script, ScriptedMixer } from '../support/scripted-mixer.js';

type Hook = (request: FastifyRequestLike, reply: FastifyReplyLike, ...rest: unknown[]) => void;
type Route = (request: FastifyRequestLike, reply: FakeReply) => void;

/** A reply as Fastify documents it: headers are its own until `send` writes them. */
class FakeReply implements FastifyReplyLike {
  #code = 200;
  readonly #headers = new Map<string, string | string[]>();

  constructor(readonly raw: ServerResponse) {}

  code(code: number): this {
    this.#code = code;
    return this;
  }

  header(name: string, value: string): this {
    const before = this.#headers.get(name);
    this.#headers.set(name, name === 'set-cookie' && before !== undefined ? [before, value].flat() : value);
    return this;
  }

  send(payload?: string): this {
    this.raw.writeHead(this.#code, Object.fromEntries(this.#headers));
    this.raw.end(payload);
    return this;
  }
}

/** Runs hooks in the order in which Fastify documents them; no more of it. */
class FakeFastify implements FastifyLike {
  readonly hooks = new Map<string, Hook>();

  addHook(name: string, hook: unknown): this {
    this.hooks.set(name, hook as Hook);
    return this;
  }

  serve(route: Route): Server {
    return createServer((raw: IncomingMessage, response: ServerResponse) => {
      const request = { raw };
      const reply = new FakeReply(response);
      response.once('close', () => this.hooks.get('onResponse')?.(request, reply, () => undefined));
      this.hooks.get('onRequest')?.(request, reply, () => {
        route(request, reply);
      });
    });
  }
}

async function ask(
  script: Script,
  route: Route,
): Promise<{ answer: Response; body: string; told: Map<string, unknown>; mixer: ScriptedMixer }> {
  const mixer = new ScriptedMixer(script);
  const reported = deferred<Map<string, unknown>>();
  mixer.onReport = () => {
    reported.resolve(new Map(mixer.reports[0]?.[0]));
    return Promise.resolve();
  };
  const filter = createHttpFilter({ client: createMixerClient({ transport: mixer, disableReportBatch: true }) });
  const fastify = new FakeFastify();
  fastifyMixer(filter)(fastify, {}, () => undefined);
  const server = fastify.serve(route);
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/books?x=1`);
    return { answer, body: await answer.text(), told: await reported.promise, mixer };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

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

describe('the plugin of Fastify', () => {
  it('holds for the whole application', () => {
    const filter = createHttpFilter({ client: createMixerClient({ transport: new ScriptedMixer() }) });
    const plugin = fastifyMixer(filter) as unknown as Record<symbol, unknown>;
    assert.equal(plugin[Symbol.for('skip-override')], true);
  });

  it('lets a request pass, with its changes, and reports it', async () => {
    const { answer, body, told, mixer } = await ask(
      () => allow({ directive }),
      ({ raw }, reply) => {
        reply.header('x-answer', '1').header('x-secret', 's').header('x-list', 'a').header('set-cookie', 'a=1');
        reply.send(`hello ${String(raw.headers['x-user'])}`);
      },
    );
    assert.deepEqual([answer.status, body], [200, 'hello anna']);
    assert.deepEqual(
      ['x-answer', 'x-secret', 'x-list'].map((name) => answer.headers.get(name)),
      ['2', null, 'a, b'],
    );
    assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2']);
    assert.equal(mixer.checks[0]?.attributes.get('request.path'), '/books?x=1');
    assert.equal(told.get('response.code'), 200n);
    assert.equal(told.get('response.size'), 10n);
  });

  it('changes what a route writes past Fastify', async () => {
    const { answer, body } = await ask(
      () => allow({ directive }),
      (_request, { raw }) => {
        raw.writeHead(200, { 'x-answer': '1', 'x-secret': 's' }).end('raw');
      },
    );
    assert.deepEqual([body, answer.headers.get('x-answer'), answer.headers.get('x-secret')], ['raw', '2', null]);
  });

  it('answers a request that is denied, without a route', async () => {
    const { answer, body, told } = await ask(
      () => deny(16, 'who?'),
      () => assert.fail('handled'),
    );
    assert.deepEqual([answer.status, body], [401, 'UNAUTHENTICATED:who?']);
    assert.equal(told.get('check.error_code'), 16n);
  });

  it('answers directly, with the changes for that', async () => {
    const { answer, body } = await ask(
      () => allow({ directive: { ...directive, directResponseCode: 404, directResponseBody: 'none' } }),
      () => assert.fail('handled'),
    );
    assert.deepEqual([answer.status, body, answer.headers.get('x-answer')], [404, 'none', '2']);
  });
});
