import type { Downstream, RequestHead, ResponseHead } from '../../src/proxy/http/message.js';
import { Headers } from '../../src/proxy/http/headers.js';

/** The head of a request for `host/path`, with headers by name. */
export function requestHead(url: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): RequestHead {
  const slash = url.indexOf('/');
  return {
    method,
    path: url.slice(slash),
    authority: url.slice(0, slash),
    scheme: 'http',
    protocol: 'HTTP/1.1',
    headers: new Headers(Object.entries(headers).flat()),
  };
}

export function responseHead(status = 200): ResponseHead {
  return { status, headers: new Headers() };
}

/** A plain connection from 10.0.0.1. */
export const downstream: Downstream = {
  remote: { host: '10.0.0.1', port: 40_000 },
  local: { host: '10.0.0.2', port: 15_006 },
  destination: undefined,
  tls: undefined,
};

/** Gives the numbers in turn, then the last one again and again. */
export function numbers(...given: number[]): () => number {
  return () => (given.length > 1 ? given.shift()! : given[0]!);
}
