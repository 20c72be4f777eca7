import type { IncomingMessage, ServerResponse } from 'node:http';

import { applyHeaderChanges, type HeaderTarget } from '../header-changes.js';
import type { HttpDecision } from '../http-decision.js';
import type { HttpFilter } from '../http-filter.js';
import { NodeExchange } from './node-exchange.js';
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
  getHeader(name: string): unknown;
  removeHeader(name: string): unknown;
  send(payload: string): unknown;
}

/** The part of a Fastify instance that is used. */
export interface FastifyLike {
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, done: () => void) => void,
  ): unknown;
  addHook(
    name: 'onSend',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, payload: unknown, done: () => void) => void,
  ): unknown;
}

/** A plugin of Fastify. */
export type FastifyPlugin = (instance: FastifyLike, options: unknown, done: () => void) => void;

interface Kept {
  readonly exchange: NodeExchange<IncomingMessage>;
  decision: HttpDecision | undefined;
}

/** `app.register(fastifyMixer(filter))`, before routes and other plugins. It holds for the whole application. */
export function fastifyMixer(filter: HttpFilter, options: MiddlewareOptions<IncomingMessage> = {}): FastifyPlugin {
  const kept = new WeakMap<IncomingMessage, Kept>();
  const plugin: FastifyPlugin = (instance, _options, done) => {
    instance.addHook('onRequest', ({ raw }, reply, next) => {
      const exchange = new NodeExchange(filter, { request: raw, response: reply.raw }, options);
      const one: Kept = { exchange, decision: undefined };
      kept.set(raw, one);
      // `onResponse` does not run for a caller who has gone.
      reply.raw.once('close', () => {
        exchange.report();
      });
      const go = (decision: HttpDecision): void => {
        one.decision = decision;
        if (exchange.isGone) return;
        if (decision.reply === undefined) next();
        else answer(reply, decision.reply);
      };
      const decision = exchange.check();
      if (decision instanceof Promise) void decision.then(go);
      else go(decision);
    });
    instance.addHook('onSend', ({ raw }, reply, _payload, next) => {
      const decision = kept.get(raw)?.decision;
      const changes = decision?.reply?.headerChanges ?? decision?.responseChanges ?? [];
      applyHeaderChanges(changes, targetOf(reply));
      next();
    });
    done();
  };
  // What Fastify looks for in plugins that are not to be shut into a scope of their own.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'fairlead',
  });
}

function answer(reply: FastifyReplyLike, { code, body }: { readonly code: number; readonly body: string }): void {
  reply.code(code);
  reply.header('content-type', 'text/plain');
  reply.send(body);
}

function targetOf(reply: FastifyReplyLike): HeaderTarget {
  return {
    set: (name, value) => {
      if (name.startsWith(':')) return;
      // Fastify adds to cookies where it replaces everything else.
      reply.removeHeader(name);
      reply.header(name, value);
    },
    append: (name, value) => {
      if (name.startsWith(':')) return;
      const before = reply.getHeader(name);
      const isKnown = typeof before === 'string' || typeof before === 'number';
      reply.header(name, isKnown && name.toLowerCase() !== 'set-cookie' ? `${before}, ${value}` : value);
    },
    delete: (name) => {
      reply.removeHeader(name);
    },
  };
}
