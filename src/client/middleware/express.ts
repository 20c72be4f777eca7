import type { IncomingMessage, ServerResponse } from 'node:http';

import type { HttpFilter } from '../http-filter.js';
import { runChecked } from './node-http.js';
import type { MiddlewareOptions } from './options.js';

/** The part of Express' request that is used. */
export type ExpressRequest = IncomingMessage & { readonly originalUrl?: string | undefined };

/** A middleware of Express, and of Connect. */
export type ExpressMiddleware = (
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** `app.use(expressMixer(filter))`, before anything that answers. */
export function expressMixer(filter: HttpFilter, options: MiddlewareOptions<ExpressRequest> = {}): ExpressMiddleware {
  return (request, response, next) => {
    runChecked(filter, { request, response, options }, () => {
      next();
    });
  };
}
