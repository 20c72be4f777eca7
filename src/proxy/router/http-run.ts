import type { FilterControl, HttpFilter } from '../filters/filter.js';
import { createExchange } from '../http/create-exchange.js';
import type { Exchange } from '../http/exchange.js';
import type { LocalReply, ResponseHead } from '../http/message.js';
import { replies } from '../http/flags.js';
import type { Incoming } from '../http/incoming.js';
import { createLocalReply } from '../http/local-reply.js';
import { Forwarding } from './forwarding.js';
import type { HttpContext, Run } from './types.js';

/** Takes one request through the chain: filters in order, the router, and the answer back through the filters. */
export class HttpRun implements FilterControl, Run {
  readonly exchange: Exchange;
  readonly #incoming: Incoming;
  readonly #context: HttpContext;
  #forwarding: Forwarding | undefined;
  #isOver = false;
  #gone: (() => void)[] | undefined;

  constructor(incoming: Incoming, context: HttpContext) {
    this.#incoming = incoming;
    this.#context = context;
    this.exchange = createExchange(incoming.head, incoming.downstream, context.env);
    incoming.onGone = () => this.#leave();
  }

  start(): void {
    if (!this.#context.prepare(this.exchange)) {
      this.reply({ status: 400, details: 'path_normalization_failed' });
      return;
    }
    this.reroute();
    this.#filterFrom(0);
  }

  reroute(): void {
    const { exchange } = this;
    exchange.route = this.#context.routes.find(exchange.request, exchange.downstream);
    exchange.target = exchange.route?.forward?.pick(this.#context.env.random);
  }

  wait(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#context.env.after(millis, resolve);
      this.onGone(() => {
        cancel();
        resolve();
      });
    });
  }

  onGone(work: () => void): void {
    (this.#gone ??= []).push(work);
  }

  /** Answers without an upstream. */
  reply(reply: LocalReply): void {
    if (this.#isOver) return;
    const { exchange } = this;
    if (reply.flag !== undefined) exchange.flags.add(reply.flag);
    if (reply.details !== undefined) exchange.details = reply.details;
    const { head, body } = createLocalReply(reply, exchange.request);
    this.sendHead(head, body !== undefined);
    if (body !== undefined) {
      exchange.sent += body.length;
      this.#incoming.write(body);
      this.#incoming.end();
    }
    this.finish();
  }

  /** Sends the head of an answer, after all filters have seen it. */
  sendHead(head: ResponseHead, hasBody: boolean): void {
    this.prepareHead(head);
    this.#incoming.respond(head, hasBody);
  }

  prepareHead(head: ResponseHead): void {
    const { exchange } = this;
    const { filters, env, serverName } = this.#context;
    exchange.response = head;
    exchange.responseStarted = env.monotonic();
    for (let index = filters.length - 1; index >= 0; index--) filters[index]!.onResponse?.(exchange);
    head.headers.set('server', serverName);
  }

  /** Ends the run: filters are told, once. */
  finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.exchange.ended = this.#context.env.monotonic();
    const { filters } = this.#context;
    for (let index = filters.length - 1; index >= 0; index--) filters[index]!.onEnd?.(this.exchange);
  }

  #filterFrom(start: number): void {
    const { filters } = this.#context;
    for (let index = start; index < filters.length; index++) {
      const verdict = this.#ask(filters[index]!);
      if (verdict === undefined) continue;
      if (verdict instanceof Promise) {
        verdict.then(
          (reply) => this.#goOn(reply, index + 1),
          (error: unknown) => this.#fail(filters[index]!.name, error),
        );
        return;
      }
      this.reply(verdict);
      return;
    }
    this.#forward();
  }

  /** A filter's mistake costs its request, and nobody else's. */
  #ask(filter: HttpFilter): LocalReply | undefined | Promise<LocalReply | undefined> {
    try {
      return filter.onRequest?.(this.exchange, this);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #goOn(reply: LocalReply | undefined, next: number): void {
    if (this.#isOver) return;
    if (reply === undefined) this.#filterFrom(next);
    else this.reply(reply);
  }

  #fail(filter: string, error: unknown): void {
    this.#context.env.log.warn('filter failed', { filter, error: String(error) });
    this.reply({ status: 500, details: 'filter_failed' });
  }

  #forward(): void {
    const { route, target, request } = this.exchange;
    if (route === undefined) this.reply(replies.noRoute);
    else if (route.reply !== undefined) this.#replyByRoute(route.reply(request));
    else if (route.forward === undefined || target === undefined) this.reply(replies.noRoute);
    else {
      this.#forwarding = new Forwarding(this, this.#incoming, this.#context, { route, forward: route.forward, target });
      this.#forwarding.start();
    }
  }

  #replyByRoute(reply: LocalReply): void {
    const { route } = this.exchange;
    const { head } = createLocalReply(reply, this.exchange.request);
    const former = [...head.headers.raw];
    route?.changeResponse(head);
    const isChanged =
      head.headers.raw.length !== former.length || head.headers.raw.some((text, i) => text !== former[i]);
    this.reply(isChanged ? { ...reply, headers: withoutLength(head.headers.raw) } : reply);
  }

  #leave(): void {
    if (this.#isOver) return;
    this.exchange.flags.add('DC');
    for (const work of this.#gone ?? []) work();
    this.#forwarding?.cancel();
    this.finish();
  }
}

function withoutLength(raw: readonly string[]): string[] {
  return raw.filter((_text, index) => raw[index - (index % 2)] !== 'content-length');
}
