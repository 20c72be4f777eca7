import { type HeaderMatcher, RouteMatch } from '../../../gen/envoy/config/route/v3/route_components.js';
import type { StringMatcher } from '../../../gen/envoy/type/matcher/v3/string.js';
import { RE2JS } from 're2js';
import type { StringMatch } from '../../kinds/fields.js';
import type { HttpMatch } from '../../kinds/http-route.js';

/**
 * What a call must be like for a route; undefined for what no gRPC call is like. Method, scheme and authority of a call
 * to a target are known, and a client could not look at them; it has no query.
 */
export function buildRouteMatch(match: HttpMatch | undefined, target: string): RouteMatch | undefined {
  if (match === undefined) return matchOf({ prefix: '/' }, []);
  const { scheme, method, authority, headers, queryParams, uri, ignoreUriCase } = match;
  if (!fits(method, 'POST') || !fits(scheme, 'http') || !fits(authority, target) || queryParams.size > 0)
    return undefined;
  const names = [...headers].sort(([a], [b]) => (a < b ? -1 : 1));
  const built = matchOf(
    pathOf(uri),
    names.map(([name, value]) => headerOf(name.toLowerCase(), value)),
  );
  return ignoreUriCase ? { ...built, caseSensitive: false } : built;
}

function matchOf(path: Pick<RouteMatch, 'prefix' | 'path' | 'safeRegex'>, headers: HeaderMatcher[]): RouteMatch {
  return RouteMatch.create({ ...path, headers });
}

function pathOf({ exact, prefix, regex }: StringMatch = anything): Pick<RouteMatch, 'prefix' | 'path' | 'safeRegex'> {
  if (exact !== undefined) return { path: exact };
  return regex === undefined ? { prefix: prefix ?? '/' } : { safeRegex: { regex: whole(regex) } };
}

const anything: StringMatch = { exact: undefined, prefix: undefined, regex: undefined };

function headerOf(name: string, { exact, prefix, regex }: StringMatch): HeaderMatcher {
  const value = stringOf({ exact, prefix, regex });
  return value === undefined
    ? { name, presentMatch: true, invertMatch: false }
    : { name, stringMatch: { ...value, ignoreCase: false }, invertMatch: false };
}

function stringOf({ exact, prefix, regex }: StringMatch): Omit<StringMatcher, 'ignoreCase'> | undefined {
  if (exact !== undefined) return { exact };
  if (regex !== undefined) return { safeRegex: { regex: whole(regex) } };
  return prefix === undefined || prefix === '' ? undefined : { prefix };
}

/** The client puts anchors around it, which must hold for all of it. */
function whole(regex: string): string {
  return `(?:${regex})`;
}

function fits(match: StringMatch | undefined, text: string): boolean {
  if (match === undefined) return true;
  const { exact, prefix, regex } = match;
  if (exact !== undefined) return exact === text;
  if (regex !== undefined) return RE2JS.compile(regex).matches(text);
  return prefix === undefined || text.startsWith(prefix);
}
