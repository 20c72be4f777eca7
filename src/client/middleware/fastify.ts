import type { IncomingMessage, ServerResponse } from 'node:http';

import type { HttpDecision, LocalReply } from '../http-decision.js';
import type { HttpFilter } from '../http-filter.js';
import { carriesBody } from './header-size.js';
import { NodeExchange } from './node-exchange.js';
import { changeResponseLater } from './node-headers.js';
import type { MiddlewareOptions } from './options.js';

/** The part of Fastify's request that is used. */
export interface FastifyRequestLike {
  readonly raw: IncomingMessage;
}

/** The part of Fastify's reply that is used. */
export interface FastifyReplyLike {
  readonly raw: ServerResponse;
  code(code: number): unknown;
  header(name: string, value: string): unknown;
  send(payload?: string): unknown;
}

/** The part of a Fastify instance that is used. */
export interface FastifyLike {
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, done: () => void) => void,
  ): unknown;
}

/** A plugin of Fastify. */
export type FastifyPlugin = (instance: FastifyLike, options: unknown, done: () => void) => void;

/** `app.register(fastifyMixer(filter))`, before routes and other plugins. It holds for the whole application. */
export function fastifyMixer(filter: HttpFilter, options: MiddlewareOptions<IncomingMessage> = {}): FastifyPlugin {
  const plugin: FastifyPlugin = (instance, _options, done) => {
    instance.addHook('onRequest', ({ raw }, reply, next) => {
      const exchange = new NodeExchange(filter, { request: raw, response: reply.raw }, options);
      // `onResponse` does not run for a caller who has gone.
      reply.raw.once('close', () => {
        exchange.report();
      });
      const go = ({ reply: own, responseChanges }: HttpDecision): void => {
        if (exchange.isGone) return;
        // When the head goes out: what a route writes past Fastify (`reply.hijack`) is a response as well.
        changeResponseLater(reply.raw, own?.headerChanges ?? responseChanges);
        if (own === undefined) next();
        else answer(reply, own);
      };
      const decision = exchange.check();
      if (decision instanceof Promise) void decision.then(go);
      else go(decision);
    });
    done();
  };
  // What Fastify looks for in plugins that are not to be shut into a scope of their own.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'fairlead',
  });
}

function answer(reply: FastifyReplyLike, { code, body }: LocalReply): void {
  reply.code(code);
  if (!carriesBody(undefined, code)) {
    reply.send();
    return;
  }
  reply.header('content-type', 'text/plain');
  reply.send(body);
}
