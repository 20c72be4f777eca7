import { type StringMap, Timestamp, type Value } from '../../attributes/index.js';
import { addAuthn, type AuthnFacts } from './authn.js';
import { addConnectionAttributes, type ConnectionFacts } from './connection.js';
import { forwardedHeader } from './forwarded.js';

/** What is known of a request when it begins. */
export interface RequestFacts {
  /** Lower case, pseudo headers among them; of a name that came twice the last value. Must not change any more. */
  readonly headers: StringMap;
  readonly wallMillis: number;
  readonly connection: ConnectionFacts;
  /** Who was authenticated; when left out, the certificate says. */
  readonly authn?: AuthnFacts | undefined;
}

const grpcTypes = new Set(['application/grpc', 'application/grpc+proto', 'application/grpc+json']);

/** Adds the attributes of an HTTP request as it begins (mesh.md 1.3). */
export function addRequestAttributes(into: Map<string, Value>, facts: RequestFacts): void {
  const { headers, wallMillis, connection, authn } = facts;
  const sent = withoutForwarded(headers);
  if (sent.size > 0) into.set('request.headers', sent);
  into.set('request.host', headers.get(':authority') ?? headers.get('host') ?? '');
  addPath(into, headers.get(':path') ?? '');
  into.set('request.scheme', headers.get(':scheme') ?? 'http');
  into.set('request.time', Timestamp.fromMillis(wallMillis));
  into.set('context.protocol', grpcTypes.has(headers.get('content-type') ?? '') ? 'grpc' : 'http');
  for (const [name, header] of copied) {
    const value = headers.get(header);
    if (value !== undefined) into.set(name, value);
  }
  addConnectionAttributes(into, authn === undefined ? connection : { ...connection, peerPrincipal: undefined });
  if (authn !== undefined) addAuthn(into, authn);
}

function addPath(into: Map<string, Value>, path: string): void {
  const question = path.indexOf('?');
  into.set('request.path', path);
  into.set('request.url_path', question < 0 ? path : path.slice(0, question));
  const query = question < 0 ? undefined : queryParams(path.slice(question + 1));
  if (query !== undefined && query.size > 0) into.set('request.query_params', query);
}

const copied = [
  ['request.method', ':method'],
  ['request.referer', 'referer'],
  ['request.useragent', 'user-agent'],
] as const;

function withoutForwarded(headers: StringMap): StringMap {
  if (headers.get(forwardedHeader) === undefined) return headers;
  const rest = new Map(headers.entries());
  rest.delete(forwardedHeader);
  return rest;
}

/** As they stand in the URL, not decoded; of a name that came twice the first value. */
function queryParams(query: string): Map<string, string> {
  const params = new Map<string, string>();
  for (const part of query.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = at < 0 ? part : part.slice(0, at);
    if (!params.has(name)) params.set(name, at < 0 ? '' : part.slice(at + 1));
  }
  return params;
}
