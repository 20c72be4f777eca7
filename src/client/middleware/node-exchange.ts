import type { IncomingMessage, ServerResponse } from 'node:http';

import { forwardedHeader } from '../attributes/forwarded.js';
import type { HttpDecision, LocalReply } from '../http-decision.js';
import type { HttpExchange, HttpFilter } from '../http-filter.js';
import { type ClientTime, systemTime } from '../time.js';
import { applyHeaderChanges } from '../header-changes.js';
import { carriesBody, headerSize } from './header-size.js';
import { type ByteCount, countRequestBody, countResponseBody } from './node-body.js';
import { connectionOf, headersOf } from './node-facts.js';
import { changeRequest, type GivenHead, keepHead, responseTarget } from './node-headers.js';
import type { MiddlewareOptions } from './options.js';

/** One request and its response on Node's own HTTP, whatever framework is above. */
export class NodeExchange<R extends IncomingMessage> {
  readonly #request: R;
  readonly #response: ServerResponse;
  readonly #exchange: HttpExchange;
  readonly #time: ClientTime;
  readonly #start: number;
  readonly #requestHeaders: ReadonlyMap<string, string>;
  /** As it came: a change of it does not change what the response may hold. */
  readonly #method: string | undefined;
  readonly #requestBody: ByteCount;
  readonly #responseBody: ByteCount;
  readonly #given: GivenHead;
  /** Whether the head had gone out before anybody was asked, as of a stream of events. */
  readonly #hadBegun: boolean;
  #decision: HttpDecision | undefined;
  #isReported = false;

  constructor(
    filter: HttpFilter,
    { request, response }: { readonly request: R; readonly response: ServerResponse },
    { service, time = systemTime }: MiddlewareOptions<R>,
  ) {
    this.#request = request;
    this.#response = response;
    this.#time = time;
    this.#start = time.monotonic();
    this.#requestHeaders = headersOf(request);
    this.#method = request.method;
    this.#requestBody = countRequestBody(request);
    this.#responseBody = countResponseBody(response);
    this.#given = keepHead(response);
    this.#hadBegun = response.headersSent;
    const facts = {
      headers: this.#requestHeaders,
      wallMillis: time.wall(),
      connection: connectionOf(request.socket),
    };
    this.#exchange = filter.begin(facts, service?.(request));
  }

  /** Decides, and makes the changes to a request that goes on. A caller who goes ends the check. */
  check(): HttpDecision | Promise<HttpDecision> {
    const abort = new AbortController();
    const cancel = (): void => {
      abort.abort();
    };
    this.#response.once('close', cancel);
    const decision = this.#exchange.check(abort.signal);
    const settle = (made: HttpDecision): HttpDecision => {
      this.#response.off('close', cancel);
      return this.#settle(made);
    };
    return decision instanceof Promise ? decision.then(settle) : settle(decision);
  }

  /** True when nobody waits for an answer any more, or somebody else (a timeout) has begun to answer meanwhile. */
  get isGone(): boolean {
    const { destroyed, writableEnded, headersSent } = this.#response;
    return destroyed || writableEnded || (headersSent && !this.#hadBegun);
  }

  /** Answers in place of the handler. */
  reply({ code, body, headerChanges }: LocalReply): void {
    const response = this.#response;
    if (response.headersSent) {
      // There is no other way left to refuse.
      response.destroy();
      return;
    }
    const hasBody = carriesBody(undefined, code);
    response.statusCode = code;
    if (hasBody) {
      response.setHeader('content-type', 'text/plain');
      response.setHeader('content-length', Buffer.byteLength(body));
    }
    applyHeaderChanges(headerChanges, responseTarget(response));
    response.end(hasBody ? body : '');
  }

  /** Reports, once; call it when the response has ended. */
  report(): void {
    if (this.#isReported) return;
    this.#isReported = true;
    const response = this.#response;
    const headers = sentHeaders(response, this.#given);
    const request = this.#requestBody.bytes;
    const answer = carriesBody(this.#method, response.statusCode) ? this.#responseBody.bytes : 0;
    this.#exchange.report({
      code: response.headersSent ? response.statusCode : undefined,
      headers,
      wallMillis: this.#time.wall(),
      durationMillis: this.#time.monotonic() - this.#start,
      request: { body: request, total: request + headerSize(this.#requestHeaders) },
      response: { body: answer, total: answer + headerSize(headers) },
      flags: flagsOf(response, this.#decision),
    });
  }

  #settle(decision: HttpDecision): HttpDecision {
    this.#decision = decision;
    const { headers } = this.#request;
    const { forwarded } = this.#exchange;
    if (forwarded !== undefined) headers[forwardedHeader] = forwarded;
    else if (headers[forwardedHeader] !== undefined) Reflect.deleteProperty(headers, forwardedHeader);
    if (decision.reply === undefined) changeRequest(this.#request, decision.requestChanges);
    return decision;
  }
}

function sentHeaders(response: ServerResponse, given: GivenHead): Map<string, string> {
  const headers = new Map<string, string>();
  if (!response.headersSent) return headers;
  headers.set(':status', String(response.statusCode));
  for (const [name, value] of [...Object.entries(response.getHeaders()), ...given.headers]) {
    // Of a name that is there twice the last value, as in requests.
    if (value !== undefined)
      headers.set(name.toLowerCase(), Array.isArray(value) ? (value.at(-1) ?? '') : String(value));
  }
  return headers;
}

/** Envoy's flags: UAEX for a denial, DC when the caller went before the end. */
function flagsOf(response: ServerResponse, decision: HttpDecision | undefined): string {
  const flags = [];
  if (decision?.denial !== undefined) flags.push('UAEX');
  if (!response.writableFinished) flags.push('DC');
  return flags.join(',');
}
