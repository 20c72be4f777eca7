import {
  HeaderMatcher,
  QueryParameterMatcher,
  RouteMatch,
} from '../../../gen/envoy/config/route/v3/route_components.js';
import { StringMatcher } from '../../../gen/envoy/type/matcher/v3/string.js';
import type { StringMatch } from '../../kinds/fields.js';
import type { HttpMatch } from '../../kinds/http-route.js';
import { sortedEntries } from '../fairlead/order.js';
import { safeRegex } from './regex.js';

/** What every request is like. */
export function matchAll(): RouteMatch {
  return RouteMatch.create({ prefix: '/' });
}

/**
 * What a request must be like for a route (mesh.md 2.1.2). The text of a regular expression that Envoy would refuse is
 * the answer instead: with it all other routes would be lost too.
 */
export function buildRouteMatch(match: HttpMatch | undefined): RouteMatch | string {
  if (match === undefined) return matchAll();
  const { scheme, method, authority, headers, queryParams, uri, ignoreUriCase } = match;
  const names: readonly (readonly [string, StringMatch | undefined])[] = [
    [':scheme', scheme],
    [':method', method],
    [':authority', authority],
    ...sortedEntries(headers).map(([name, value]) => [name.toLowerCase(), value] as const),
  ];
  const given = names.filter((pair): pair is readonly [string, StringMatch] => pair[1] !== undefined);
  const queries = sortedEntries(queryParams);
  const refused = [uri, ...given.map(([, value]) => value), ...queries.map(([, value]) => value)]
    .map((one) => one?.regex)
    .find((regex) => regex !== undefined && safeRegex(regex) === undefined);
  if (refused !== undefined) return refused;
  return RouteMatch.create({
    ...pathOf(uri),
    ...(ignoreUriCase && uri?.regex === undefined && { caseSensitive: false }),
    headers: given.map(([name, value]) => headerOf(name, value)),
    queryParameters: queries.filter(([name]) => name !== '').map(([name, value]) => queryOf(name, value)),
  });
}

/** A path as names of spans show it. */
export function describePath({ prefix, path, safeRegex: regex }: RouteMatch): string {
  return path ?? regex?.regex ?? `${prefix ?? '/'}*`;
}

function pathOf({ exact, prefix, regex }: StringMatch = noMatch): Pick<RouteMatch, 'path' | 'prefix' | 'safeRegex'> {
  if (exact !== undefined) return { path: exact };
  return regex === undefined ? { prefix: prefix ?? '/' } : { safeRegex: safeRegex(regex) };
}

const noMatch: StringMatch = { exact: undefined, prefix: undefined, regex: undefined };

function headerOf(name: string, match: StringMatch): HeaderMatcher {
  const stringMatch = textOf(match);
  return HeaderMatcher.create(stringMatch === undefined ? { name, presentMatch: true } : { name, stringMatch });
}

/** Pilot knows no prefix of a query parameter: it has to be there. */
function queryOf(name: string, { exact, regex }: StringMatch): QueryParameterMatcher {
  const stringMatch = textOf({ exact, regex, prefix: undefined });
  return QueryParameterMatcher.create(stringMatch === undefined ? { name, presentMatch: true } : { name, stringMatch });
}

function textOf({ exact, prefix, regex }: StringMatch): StringMatcher | undefined {
  if (exact !== undefined) return StringMatcher.create({ exact });
  if (regex !== undefined) return StringMatcher.create({ safeRegex: safeRegex(regex) });
  return prefix === undefined || prefix === '' ? undefined : StringMatcher.create({ prefix });
}
