import type { NamedMatch } from '../../../gen/fairlead/proxy/v1/match.js';
import type { RouteMatch } from '../../../gen/fairlead/proxy/v1/route.js';
import type { StringMatch } from '../../kinds/fields.js';
import type { HttpMatch } from '../../kinds/http-route.js';
import { buildMatch } from './mixer-specs.js';
import { sortedEntries } from './order.js';

/** What a request must be like for a route; what can be told without a request is settled before (mesh.md 2.1.2). */
export function buildRouteMatch(match: HttpMatch | undefined): RouteMatch {
  if (match === undefined) return { prefix: '/', ignoreCase: false, headers: [], queryParameters: [] };
  const { scheme, method, authority, headers, queryParams, uri, ignoreUriCase } = match;
  return {
    ...pathOf(uri),
    ignoreCase: ignoreUriCase,
    headers: [
      ...pseudo(':scheme', scheme),
      ...pseudo(':method', method),
      ...pseudo(':authority', authority),
      ...sortedEntries(headers).map(([name, value]) => named(name.toLowerCase(), value)),
    ],
    queryParameters: sortedEntries(queryParams).map(([name, value]) => named(name, withoutPrefix(value))),
  };
}

/** A path as names of spans show it. */
export function describePath({ prefix, exact, regex }: RouteMatch): string {
  return exact ?? regex ?? `${prefix ?? '/'}*`;
}

function pathOf({ exact, prefix, regex }: StringMatch = noMatch): Pick<RouteMatch, 'exact' | 'prefix' | 'regex'> {
  if (exact !== undefined) return { exact };
  return regex === undefined ? { prefix: prefix ?? '/' } : { regex };
}

const noMatch: StringMatch = { exact: undefined, prefix: undefined, regex: undefined };

function pseudo(name: string, value: StringMatch | undefined): NamedMatch[] {
  return value === undefined ? [] : [named(name, value)];
}

/** Pilot knows no prefix of a query parameter: it has to be there. */
function withoutPrefix(value: StringMatch): StringMatch {
  return value.prefix === undefined ? value : noMatch;
}

function named(name: string, match: StringMatch): NamedMatch {
  const value = buildMatch(match);
  return { name, value: Object.keys(value).length === 0 ? undefined : value };
}
