import { randomBytes } from 'node:crypto';
import xxhash from 'xxhash-wasm';
import type { HashPolicy } from '../../gen/fairlead/proxy/v1/route.js';
import type { Downstream, RequestHead } from '../http/message.js';
import { millisOf } from '../millis.js';
import type { RequestHash } from './types.js';

type Hash = (request: RequestHead, downstream: Downstream) => RequestHash | undefined;

// Once per process: the module is the same for everyone.
const hashing = await xxhash();

/** What requests are hashed by: the first policy that finds something (mesh.md 2.2). */
export function compileHash(policies: readonly HashPolicy[]): Hash | undefined {
  const hashes = policies.map(compilePolicy).filter((hash) => hash !== undefined);
  if (hashes.length === 0) return undefined;
  return (request, downstream) => {
    for (const hash of hashes) {
      const found = hash(request, downstream);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function compilePolicy({ header, cookie, sourceIp }: HashPolicy): Hash | undefined {
  if (header !== undefined) {
    const name = header.toLowerCase();
    return ({ headers }) => of(headers.getAll(name));
  }
  if (cookie !== undefined) {
    const { name, path } = cookie;
    // With a lifetime the proxy makes the cookie; a lifetime of 0 is a cookie of the session.
    const attributes =
      cookie.ttl === undefined
        ? undefined
        : (millisOf(cookie.ttl) === 0 ? '' : `; Max-Age=${Math.trunc(millisOf(cookie.ttl) / 1000)}`) +
          (path === '' ? '' : `; Path=${path}`) +
          '; HttpOnly';
    return ({ headers }) => of(readCookie(headers.getAll('cookie'), name)) ?? make(name, attributes);
  }
  return sourceIp === true ? (_request, { remote }) => of(remote.host) : undefined;
}

function of(text: string | undefined): RequestHash | undefined {
  return text === undefined ? undefined : { hash: hashing.h64(text) };
}

function make(name: string, attributes: string | undefined): RequestHash | undefined {
  if (attributes === undefined) return undefined;
  const value = randomBytes(8).toString('hex');
  return { hash: hashing.h64(value), setCookie: `${name}="${value}"${attributes}` };
}

function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(/[;,]/) ?? []) {
    const mark = pair.indexOf('=');
    if (mark === -1 || pair.slice(0, mark).trim() !== name) continue;
    return pair
      .slice(mark + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1');
  }
  return undefined;
}
