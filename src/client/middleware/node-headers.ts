import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';

import { applyHeaderChanges, type HeaderTarget } from '../header-changes.js';
import type { HeaderChange } from '../transport.js';

/** Changes what the handler of a request sees. */
export function changeRequest(request: IncomingMessage, changes: readonly HeaderChange[]): void {
  const { headers } = request;
  const set = (name: string, value: string): void => {
    const key = name.toLowerCase();
    if (key === ':path') request.url = value;
    else if (key === ':method') request.method = value;
    else if (key === ':authority') headers.host = value;
    else if (!key.startsWith(':')) headers[key] = key === 'set-cookie' ? [value] : value;
  };
  applyHeaderChanges(changes, {
    set,
    append: (name, value) => {
      const before = headers[name.toLowerCase()];
      set(name, before === undefined ? value : `${String(before)}, ${value}`);
    },
    delete: (name) => Reflect.deleteProperty(headers, name.toLowerCase()),
  });
}

/** The headers that were given with a status. Node does not tell them when no others were set before. */
export interface GivenHead {
  readonly headers: readonly (readonly [name: string, value: OutgoingHttpHeader | undefined])[];
}

/** Keeps what `writeHead` is given. */
export function keepHead(response: ServerResponse): GivenHead {
  const given: { headers: GivenHead['headers'] } = { headers: [] };
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]): ServerResponse => {
    const answer = writeHead(...args);
    given.headers = pairsIn(args.at(-1));
    return answer;
  };
  return given;
}

/** Changes the headers of a response when they go out, whoever sets them until then. */
export function changeResponseLater(response: ServerResponse, changes: readonly HeaderChange[]): void {
  if (changes.length === 0) return;
  const writeHead = response.writeHead.bind(response) as (code: number, message?: string) => ServerResponse;
  let isDone = false;
  const changed = (code: number, ...rest: unknown[]): ServerResponse => {
    const message = typeof rest[0] === 'string' ? rest.shift() : undefined;
    if (!isDone) {
      isDone = true;
      setAll(response, rest[0] as OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined);
      applyHeaderChanges(changes, responseTarget(response));
    }
    return message === undefined ? writeHead(code) : writeHead(code, message as string);
  };
  response.writeHead = changed;
}

/** The headers of a response that has not begun. Pseudo headers are none of them. */
export function responseTarget(response: ServerResponse): HeaderTarget {
  return {
    set: (name, value) => {
      if (!name.startsWith(':')) response.setHeader(name, value);
    },
    append: (name, value) => {
      if (!name.startsWith(':')) response.appendHeader(name, value);
    },
    delete: (name) => {
      response.removeHeader(name);
    },
  };
}

function setAll(response: ServerResponse, given: OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined): void {
  const seen = new Set<string>();
  for (const [name, value] of pairsIn(given)) {
    if (value === undefined) continue;
    // A list may name a header twice: then both are meant.
    if (seen.has(name.toLowerCase())) response.appendHeader(name, Array.isArray(value) ? value : String(value));
    else response.setHeader(name, value);
    seen.add(name.toLowerCase());
  }
}

function pairsIn(given: unknown): [string, OutgoingHttpHeader | undefined][] {
  if (Array.isArray(given)) return pairsOf(given);
  return typeof given === 'object' && given !== null ? Object.entries(given as OutgoingHttpHeaders) : [];
}

/** Node takes lists both flat and of pairs. */
function pairsOf(list: readonly unknown[]): [string, OutgoingHttpHeader][] {
  if (Array.isArray(list[0])) return list as [string, OutgoingHttpHeader][];
  return Array.from({ length: list.length >> 1 }, (_, at) => [list[2 * at] as string, list[2 * at + 1] as string]);
}
