import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import type { HttpDecision } from '../http-decision.js';
import type { HttpFilter } from '../http-filter.js';
import { NodeExchange } from './node-exchange.js';
import { changeResponseLater } from './node-headers.js';
import type { MiddlewareOptions } from './options.js';

/**
 * A listener for `http.createServer` and `https.createServer` that asks the Mixer before it hands a request to yours, and
 * tells the Mixer of every response.
 */
export function mixerListener(
  filter: HttpFilter,
  listener: RequestListener,
  options: MiddlewareOptions<IncomingMessage> = {},
): RequestListener {
  return (request, response) => {
    runChecked(filter, { request, response, options }, () => {
      listener(request, response);
    });
  };
}

/** A request with its response, and how it is checked. */
export interface CheckedCall<R extends IncomingMessage> {
  readonly request: R;
  readonly response: ServerResponse;
  readonly options: MiddlewareOptions<R>;
}

/** Runs `next` for a request that is allowed, at once when that is known; answers any other. Reports either. */
export function runChecked<R extends IncomingMessage>(
  filter: HttpFilter,
  { request, response, options }: CheckedCall<R>,
  next: () => void,
): void {
  const exchange = new NodeExchange(filter, { request, response }, options);
  response.once('close', () => {
    exchange.report();
  });
  const go = ({ reply, responseChanges }: HttpDecision): void => {
    if (exchange.isGone) return;
    if (reply !== undefined) exchange.reply(reply);
    else {
      changeResponseLater(response, responseChanges);
      next();
    }
  };
  const decision = exchange.check();
  if (decision instanceof Promise) void decision.then(go);
  else go(decision);
}
