import type { ConnectionFacts } from '../attributes/connection.js';
import { forwardedHeader } from '../attributes/forwarded.js';
import { applyHeaderChanges, type HeaderTarget } from '../header-changes.js';
import type { HttpDecision, LocalReply } from '../http-decision.js';
import type { HttpExchange, HttpFilter } from '../http-filter.js';
import { systemTime } from '../time.js';
import type { HeaderChange } from '../transport.js';
import { watchBody } from './fetch-body.js';
import { carriesBody, declaredLength, headerSize } from './header-size.js';
import type { MiddlewareOptions } from './options.js';

/** The part of Hono's context that is used. */
export interface HonoContext {
  readonly req: { raw: Request };
  get res(): Response;
  /** Undefined takes the old response away, which would otherwise lend its headers to the new one. */
  set res(response: Response | undefined);
}

/** A middleware of Hono. */
export type HonoMiddleware<C extends HonoContext = HonoContext> = (
  context: C,
  next: () => Promise<void>,
) => Promise<Response | undefined>;

/** What {@link honoMixer} takes besides its filter. */
export interface HonoOptions<C extends HonoContext = HonoContext> extends MiddlewareOptions<Request> {
  /** What is known of the connection: fetch has no word for it. Hono's Node server has the socket in `c.env.incoming`. */
  readonly connection?: (context: C) => ConnectionFacts;
}

const unknownConnection: ConnectionFacts = { remoteAddress: undefined, isMutualTls: false };

/** `app.use(honoMixer(filter))`, before anything that answers. */
export function honoMixer<C extends HonoContext = HonoContext>(
  filter: HttpFilter,
  options: HonoOptions<C> = {},
): HonoMiddleware<C> {
  const { service, connection, time = systemTime } = options;
  return async (context, next) => {
    const { raw } = context.req;
    const headers = headersOf(raw);
    const start = time.monotonic();
    const facts = { headers, wallMillis: time.wall(), connection: connection?.(context) ?? unknownConnection };
    const exchange = filter.begin(facts, service?.(raw));
    const received = { bytes: declaredLength(headers.get('content-length')) ?? 0 };
    const made: { decision?: HttpDecision } = {};
    let isReported = false;
    const finish = (response: Response, how: Ending): void => {
      if (isReported) return;
      isReported = true;
      const sent = new Map([[':status', String(response.status)], ...response.headers]);
      exchange.report({
        code: how.isFailure ? undefined : response.status,
        headers: how.isFailure ? new Map<string, string>() : sent,
        wallMillis: time.wall(),
        durationMillis: time.monotonic() - start,
        request: { body: received.bytes, total: received.bytes + headerSize(headers) },
        response: { body: how.bytes, total: how.bytes + headerSize(sent) },
        flags: flagsOf(made.decision, how),
      });
    };
    const giveUp = (isComplete: boolean): void => {
      finish(new Response(null, { status: 500 }), { bytes: 0, isComplete, isFailure: true });
    };
    // Who goes while the check runs gets no answer, so its stream would never tell.
    const onGone = (): void => {
      giveUp(false);
    };
    raw.signal.addEventListener('abort', onGone, { once: true });
    const decision = (made.decision = await exchange.check(raw.signal));
    raw.signal.removeEventListener('abort', onGone);
    if (raw.signal.aborted) return new Response(null, { status: 499 });
    // Hono answers HEAD with the head of what answers GET, whose body nobody reads then, nor cancels.
    const isHead = raw.method === 'HEAD';
    if (decision.reply !== undefined) return reportAtEnd(toResponse(decision.reply), { isHead, finish });
    try {
      context.req.raw = changed(raw, { exchange, decision, received });
      await next();
    } catch (error) {
      giveUp(true);
      throw error;
    }
    const response = withChanges(context.res, decision.responseChanges);
    context.res = undefined;
    context.res = reportAtEnd(response, { isHead, finish });
    return undefined;
  };
}

interface Ending {
  readonly bytes: number;
  /** False when the caller went before the end. */
  readonly isComplete: boolean;
  /** The handler gave no response. */
  readonly isFailure: boolean;
}

function headersOf(request: Request): Map<string, string> {
  const { pathname, search, host, protocol } = new URL(request.url);
  const headers = new Map([
    [':method', request.method],
    [':path', pathname + search],
    [':authority', request.headers.get('host') ?? host],
    [':scheme', protocol.slice(0, -1)],
    ...request.headers,
  ]);
  headers.delete('host');
  return headers;
}

interface Changes {
  readonly exchange: HttpExchange;
  readonly decision: HttpDecision;
  /** Counts a body whose length was not declared. */
  readonly received: { bytes: number };
}

/** The request as its handler sees it; the same object when there is nothing to change or to count. */
function changed(request: Request, { exchange, decision, received }: Changes): Request {
  const { forwarded } = exchange;
  const { requestChanges } = decision;
  const isCounted = !request.headers.has('content-length') && hasBody(request);
  const isForwarded = forwarded !== undefined || request.headers.has(forwardedHeader);
  if (requestChanges.length === 0 && !isForwarded && !isCounted) return request;
  const headers = new Headers(request.headers);
  headers.delete(forwardedHeader);
  if (forwarded !== undefined) headers.set(forwardedHeader, forwarded);
  applyHeaderChanges(requestChanges, targetOf(headers));
  const { url, method, signal } = request;
  const given = hasBody(request) ? request.body : null;
  const body =
    isCounted && given !== null ? watchBody(given, { onBytes: (bytes) => (received.bytes += bytes) }) : given;
  // From its parts: servers have requests of their own, which the constructor of another does not know.
  return new Request(url, { method, headers, signal, body, duplex: 'half' });
}

/** A body that nobody has begun to read. */
function hasBody(request: Request): boolean {
  if (request.method === 'GET' || request.method === 'HEAD' || request.bodyUsed) return false;
  return request.body?.locked === false;
}

function withChanges(response: Response, changes: readonly HeaderChange[]): Response {
  // What begins another protocol can be passed on only as it is.
  if (changes.length === 0 || response.status < 200) return response;
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  applyHeaderChanges(changes, targetOf(headers));
  return new Response(response.body, { status, statusText, headers });
}

function toResponse({ code, body, headerChanges }: LocalReply): Response {
  const headers = new Headers({ 'content-type': 'text/plain' });
  applyHeaderChanges(headerChanges, targetOf(headers));
  if (carriesBody(undefined, code)) return new Response(body, { status: code, headers });
  headers.delete('content-type');
  return new Response(null, { status: code, headers });
}

/** Pseudo headers are no headers to fetch. */
function targetOf(headers: Headers): HeaderTarget {
  const unlessPseudo = (change: (name: string, value: string) => void) => (name: string, value: string) => {
    if (!name.startsWith(':')) change(name, value);
  };
  return {
    set: unlessPseudo((name, value) => {
      headers.set(name, value);
    }),
    append: unlessPseudo((name, value) => {
      headers.append(name, value);
    }),
    delete: (name) => {
      unlessPseudo((one) => {
        headers.delete(one);
      })(name, '');
    },
  };
}

interface Reported {
  readonly isHead: boolean;
  readonly finish: (response: Response, how: Ending) => void;
}

function reportAtEnd(response: Response, { isHead, finish }: Reported): Response {
  if (isHead || response.body === null || response.status < 200) {
    finish(response, { bytes: 0, isComplete: true, isFailure: false });
    return response;
  }
  const { status, statusText, headers } = response;
  const body = watchBody(response.body, {
    onEnd: (bytes, isComplete) => {
      finish(response, { bytes, isComplete, isFailure: false });
    },
  });
  return new Response(body, { status, statusText, headers });
}

function flagsOf(decision: HttpDecision | undefined, { isComplete }: Ending): string {
  const flags = [];
  if (decision?.denial !== undefined) flags.push('UAEX');
  if (!isComplete) flags.push('DC');
  return flags.join(',');
}
