import type { Headers, HttpDestination, HttpMatch, HttpRoute } from '../kinds/http-route.js';
import { hasLabels } from './visibility.js';
import type { RoutedHosts } from './virtual-services.js';

/** Where a rule is to apply: what can be told without a request. */
export interface RuleSite {
  /** `mesh`, or the full name of a gateway. */
  readonly gateway: string;
  readonly port: number;
  /** Of the proxy. */
  readonly labels: ReadonlyMap<string, string>;
}

/** One route of the proxy: a rule, and one of its matches as far as it depends on the request. */
export interface HttpRule {
  /** The rule's name and the match's, as far as they have one. */
  readonly name: string;
  /** Undefined when all requests match. */
  readonly match: HttpMatch | undefined;
  readonly rule: HttpRoute;
}

const redirectCodes = new Set([0, 301, 302, 303, 307, 308]);

/**
 * The routes of a VirtualService that can apply at a site, in order; what stands after one that always matches is left
 * out (mesh.md 2.1.2, 2.1.3). None: the VirtualService does not apply here at all.
 */
export function httpRules({ http }: RoutedHosts, site: RuleSite): readonly HttpRule[] {
  const rules: HttpRule[] = [];
  for (const rule of http) {
    if (rule.redirect !== undefined && !redirectCodes.has(rule.redirect.redirectCode)) continue;
    if (rule.match.length === 0) {
      rules.push({ name: rule.name, match: undefined, rule });
      return rules;
    }
    for (const match of rule.match) {
      if (!appliesAt(match, site)) continue;
      const isAll = matchesAll(match);
      const name = [rule.name, match.name].filter((part) => part !== '').join('.');
      rules.push({ name, match: isAll ? undefined : match, rule });
      if (isAll) return rules;
    }
  }
  return rules;
}

/** What a match says about the place; where it names gateways the labels do not count, as in Pilot. */
export function appliesAt(
  match: {
    readonly gateways: readonly string[];
    readonly sourceLabels: ReadonlyMap<string, string>;
    readonly port: number | undefined;
  },
  { gateway, port, labels }: RuleSite,
): boolean {
  if (match.port !== undefined && match.port !== port) return false;
  return match.gateways.length > 0 ? match.gateways.includes(gateway) : hasLabels(labels, match.sourceLabels);
}

function matchesAll({ uri, scheme, method, authority, headers, queryParams }: HttpMatch): boolean {
  if ((scheme ?? method ?? authority) !== undefined || headers.size > 0 || queryParams.size > 0) return false;
  const { exact, prefix, regex } = uri ?? {};
  return exact === undefined && (regex === undefined ? prefix === undefined || /^\/?$/.test(prefix) : regex === '.*');
}

/** Destinations that get traffic, with their share in percent: the only one gets all (mesh.md 2.1.4). */
export function sharesOf<R extends { readonly weight: number }>(route: readonly R[]): readonly R[] {
  const [only] = route;
  if (only !== undefined && route.length === 1) return [{ ...only, weight: 100 }];
  return route.filter(({ weight }) => weight > 0);
}

/** The changes of headers, with those in the fields of before `headers` (mesh.md 2.1.11). */
export function headersOf(owner: HttpRoute | HttpDestination): Headers {
  const { request, response } = owner.headers;
  const former = 'appendHeaders' in owner ? [...owner.appendHeaders] : [];
  return {
    request: {
      set: request.set,
      add: new Map([...former, ...owner.appendRequestHeaders, ...request.add]),
      remove: [...owner.removeRequestHeaders, ...request.remove],
    },
    response: {
      set: response.set,
      add: new Map([...owner.appendResponseHeaders, ...response.add]),
      remove: [...owner.removeResponseHeaders, ...response.remove],
    },
  };
}
