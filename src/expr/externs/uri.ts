import { EvalError } from '../../attributes/index.js';
import { equalDnsNames } from './dns-name.js';

/** A reference taken apart as Go's net/url does, as far as equality needs it. */
interface Uri {
  /** Lower case; empty when there is none. */
  readonly scheme: string;
  /** `user@` or empty. */
  readonly user: string;
  readonly host: string;
  /** Digits after the colon, possibly none. */
  readonly port: string;
  readonly hasAuthority: boolean;
  /** What follows the authority, or all that follows the scheme. */
  readonly rest: string;
}

// eslint-disable-next-line no-control-regex -- Go refuses control characters anywhere before a fragment
const control = /[\0-\x1f\x7f]/;
const badEscape = /%(?![\da-fA-F]{2})/;
const schemePrefix = /^([a-zA-Z][a-zA-Z\d+.-]*):/;
const brokenScheme = /^[^/]*:/;
const authorityOrPath = /^\/\//;
const authorityOnly = /^\/\/(?!\/)/;
const userInfo = /^[a-zA-Z\d\-._:~!$&'()*+,;=%@]*$/;
// Raw characters that a host may have, and escapes of non-ASCII bytes only.
const hostText = /^(?:[a-zA-Z\d\-_.~!$&'()*+,;=:[\]<>"]|[^\0-\x7f]|%[89a-fA-F][\da-fA-F])*$/;
const zoneText = /^(?:[a-zA-Z\d\-_.~!$&'()*+,;=:[\]<>"]|[^\0-\x7f]|%[\da-fA-F]{2})*$/;

/** Validates a URI reference by the rules of Go's url.Parse; empty is not one. The value is the text as it was. */
export function parseUri(text: string): string | EvalError {
  return text === '' || split(text) === undefined ? invalidUri(text) : text;
}

/**
 * Compares two URIs: schemes regardless of case; for http and https the hosts as DNS names and the ports as texts; all
 * else exactly (mixer-core.md 3.5). Default ports, empty paths and escapes are not normalised.
 */
export function equalUris(a: string, b: string): boolean | EvalError {
  const left = split(a);
  if (left === undefined) return invalidUri(a);
  const right = split(b);
  if (right === undefined) return invalidUri(b);
  if (left.scheme !== right.scheme) return false;
  if (left.scheme !== 'http' && left.scheme !== 'https')
    return a.slice(left.scheme.length) === b.slice(right.scheme.length);
  if (left.hasAuthority !== right.hasAuthority || left.user !== right.user || left.port !== right.port) return false;
  if (left.rest !== right.rest) return false;
  // An IPv6 literal is no DNS name.
  if (left.host.startsWith('[') && right.host.startsWith('['))
    return left.host.toLowerCase() === right.host.toLowerCase();
  return equalDnsNames(left.host, right.host);
}

function split(text: string): Uri | undefined {
  const [full, fragment] = cut(text, '#');
  if (control.test(full) || text.startsWith(':') || badEscape.test(fragment)) return undefined;
  const scheme = schemePrefix.exec(full)?.[1] ?? '';
  const start = scheme === '' ? 0 : scheme.length + 1;
  const [path] = cut(full.slice(start), '?');
  const suffix = text.slice(start + path.length);
  const authority = scheme === '' ? authorityOnly : authorityOrPath;
  return authority.test(path) ? withAuthority(scheme, path, suffix) : withoutAuthority(scheme, path, suffix);
}

function withoutAuthority(scheme: string, path: string, suffix: string): Uri | undefined {
  // Go does not look into what follows a scheme without a slash, nor takes what resembles a broken scheme for a path.
  const isOpaque = scheme !== '' && !path.startsWith('/');
  if (!isOpaque && (badEscape.test(path) || brokenScheme.test(path))) return undefined;
  return { scheme: scheme.toLowerCase(), user: '', host: '', port: '', hasAuthority: false, rest: path + suffix };
}

function withAuthority(scheme: string, path: string, suffix: string): Uri | undefined {
  const slash = path.indexOf('/', 2);
  const authority = path.slice(2, slash < 0 ? undefined : slash);
  const rest = slash < 0 ? '' : path.slice(slash);
  const at = authority.lastIndexOf('@');
  const user = authority.slice(0, at + 1);
  if (badEscape.test(rest) || badEscape.test(user) || !userInfo.test(user)) return undefined;
  const host = splitHost(authority.slice(at + 1));
  return host && { scheme: scheme.toLowerCase(), user, ...host, hasAuthority: true, rest: rest + suffix };
}

function splitHost(text: string): { host: string; port: string } | undefined {
  const end = text.startsWith('[') ? text.lastIndexOf(']') + 1 : text.lastIndexOf(':');
  if (text.startsWith('[') && end === 0) return undefined;
  const host = end < 0 ? text : text.slice(0, end);
  const port = text.slice(host.length);
  if (!/^(?::\d*)?$/.test(port)) return undefined;
  const [name, zone] = host.startsWith('[') ? cut(host, '%25') : [host, ''];
  if (!hostText.test(name) || !zoneText.test(zone)) return undefined;
  return { host, port: port.slice(1) };
}

function cut(text: string, mark: string): readonly [before: string, after: string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}

function invalidUri(text: string): EvalError {
  return new EvalError('INVALID_URI', `'${text}' is no URI`, text);
}
