import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

import { type HttpBindings, serve } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { type Context, Hono } from 'hono';

import {
  connectionOf,
  expressMixer,
  fastifyMixer,
  honoMixer,
  type HttpFilter,
  mixerListener,
} from '../../src/client/index.js';

/** A small application that runs on a framework: the same routes on each. */
export interface FrameworkApp {
  readonly port: number;
  stop(): Promise<unknown>;
}

const shown = { 'x-answer': '1', 'x-secret': 's', 'x-list': 'a' };

/** Two parts and an end. */
async function* parts(): AsyncGenerator<Buffer> {
  yield Buffer.from('one,');
  await new Promise((resolve) => setImmediate(resolve));
  yield Buffer.from('two');
}

/** A part, and then nothing for as long as somebody waits. */
async function* endless(): AsyncGenerator<Buffer> {
  yield Buffer.from('begin');
  await new Promise(() => undefined);
}

/**
 * `/hello` shows headers, `/books/:id` a parameter of the path, `/echo` gives the body back, `/json` as well but parsed,
 * `/stream` writes in parts, `/endless` never ends, `/throw` and `/reject` fail; nothing else is there.
 */
export const frameworks: Readonly<Record<string, (filter: HttpFilter) => Promise<FrameworkApp>>> = {
  'node:http': (filter) => {
    const listener = mixerListener(filter, (request, response) => {
      const [, verb = '', rest = ''] = (request.url ?? '').replace(/\?.*/, '').split('/');
      for (const [name, value] of Object.entries(shown)) response.setHeader(name, value);
      response.setHeader('set-cookie', 'a=1');
      if (verb === 'hello') response.end(`hello ${String(request.headers['x-user'])}`);
      else if (verb === 'books') response.end(`book ${rest}`);
      else if (verb === 'stream') Readable.from(parts()).pipe(response);
      else if (verb === 'endless') Readable.from(endless()).pipe(response);
      else if (verb === 'throw' || verb === 'reject') response.writeHead(500).end();
      else if (verb === 'echo' || verb === 'json') request.pipe(response);
      else response.writeHead(404).end();
    });
    return listen(createServer(listener));
  },

  Express: (filter) => {
    const app = express();
    // What an error is answered with must not depend on where the tests run, nor be printed.
    app.set('env', 'test');
    app.use(expressMixer(filter));
    app.get('/hello', (request, response) => {
      response
        .set(shown)
        .cookie('a', '1')
        .send(`hello ${request.get('x-user')}`);
    });
    const books = express.Router();
    books.get('/:id', (request, response) => {
      response.send(`book ${request.params.id}`);
    });
    app.use('/books', books);
    app.post('/echo', (request, response) => {
      request.pipe(response);
    });
    app.post('/json', express.json(), (request, response) => {
      response.json(request.body);
    });
    app.get('/stream', (_request, response) => {
      Readable.from(parts()).pipe(response);
    });
    app.get('/endless', (_request, response) => {
      Readable.from(endless()).pipe(response);
    });
    app.get('/throw', () => {
      throw new Error('thrown');
    });
    app.get('/reject', () => Promise.reject(new Error('rejected')));
    return listen(createServer(app));
  },

  Fastify: async (filter) => {
    const app = fastify();
    void app.register(fastifyMixer(filter));
    // Bodies of any other kind stay as they come.
    app.addContentTypeParser('application/octet-stream', (_request, payload, done) => {
      done(null, payload);
    });
    app.get('/hello', (request, reply) => {
      void reply.headers(shown).header('set-cookie', 'a=1');
      return `hello ${String(request.headers['x-user'])}`;
    });
    void app.register(
      (books, _options, done) => {
        books.get<{ Params: { id: string } }>('/:id', ({ params }) => `book ${params.id}`);
        done();
      },
      { prefix: '/books' },
    );
    app.post('/echo', (request, reply) => reply.send(request.body));
    app.post('/json', (request) => request.body);
    app.get('/stream', (_request, reply) => reply.send(Readable.from(parts())));
    app.get('/endless', (_request, reply) => reply.send(Readable.from(endless())));
    app.get('/throw', () => {
      throw new Error('thrown');
    });
    app.get('/reject', () => Promise.reject(new Error('rejected')));
    await app.listen({ port: 0, host: '127.0.0.1' });
    return { port: portOf(app.server), stop: () => stop(app.server) };
  },

  // First: what the other puts in place stays there.
  'Hono beside the fetch of Node': (filter) => startHono(filter, false),

  Hono: (filter) => startHono(filter, true),
};

/** Hono's Node server puts a Request of its own over Node's, unless it is told not to. */
async function startHono(filter: HttpFilter, overrideGlobalObjects: boolean): Promise<FrameworkApp> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const connection = ({ env }: Context<{ Bindings: HttpBindings }>) => connectionOf(env.incoming.socket);
  app.use(honoMixer(filter, { connection }));
  app.get('/hello', (c) => {
    c.header('set-cookie', 'a=1');
    return c.text(`hello ${c.req.header('x-user')}`, 200, shown);
  });
  const books = new Hono();
  books.get('/:id', (c) => c.text(`book ${c.req.param('id')}`));
  app.route('/books', books);
  app.post('/echo', (c) => new Response(c.req.raw.body));
  app.post('/json', async (c) => c.json(await c.req.json()));
  app.get('/stream', (c) => c.body(Readable.toWeb(Readable.from(parts())) as ReadableStream));
  app.get('/endless', (c) => c.body(Readable.toWeb(Readable.from(endless())) as ReadableStream));
  app.get('/throw', () => {
    throw new Error('thrown');
  });
  app.get('/reject', () => Promise.reject(new Error('rejected')));
  app.onError((_error, c) => c.text('failed', 500));
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1', overrideGlobalObjects }) as Server;
  await once(server, 'listening');
  return { port: portOf(server), stop: () => stop(server) };
}

async function listen(server: Server): Promise<FrameworkApp> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: portOf(server), stop: () => stop(server) };
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as AddressInfo).port;
}

function stop(server: Server): Promise<unknown> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  return closed;
}
