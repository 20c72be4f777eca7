import type { Redirect } from '../../gen/fairlead/proxy/v1/route.js';
import type { LocalReply, RequestHead } from '../http/message.js';
import { octetsOf } from '../http/octets-of.js';
import { splitPath } from './route-match.js';

/** The answer that sends a caller elsewhere. A path of its own keeps the query, unless it brings one. */
export function compileRedirect(redirect: Redirect): (request: RequestHead) => LocalReply {
  const { code, https } = redirect;
  const [path, host] = [octetsOf(redirect.path), octetsOf(redirect.host)];
  const status = code === 0 ? 301 : code;
  return (request) => {
    const scheme = https ? 'https' : request.scheme;
    const authority = host === '' ? withoutDefaultPort(request, scheme) : host;
    return { status, headers: ['location', `${scheme}://${authority}${newPath(path, request.path)}`] };
  };
}

function newPath(path: string, former: string): string {
  if (path === '') return former;
  const [, query] = splitPath(former);
  return query === '' || path.includes('?') ? path : `${path}?${query}`;
}

/** `:80` makes no sense after a change to https. */
function withoutDefaultPort({ authority, scheme }: RequestHead, next: string): string {
  return scheme !== next && authority.endsWith(':80') ? authority.slice(0, -3) : authority;
}
