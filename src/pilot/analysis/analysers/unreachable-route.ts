import type { HttpRoute } from '../../kinds/http-route.js';
import type { TcpRoute } from '../../kinds/l4-route.js';
import type { Analyser } from '../analyser.js';
import { covers, matchesOf } from '../match-cover.js';

/** Rules that never apply, since one before them takes everything that they want. */
export const unreachableRoute: Analyser = {
  code: 'ROUTE_UNREACHABLE',
  severity: 'warning',
  name: 'unreachable-route',
  find: ({ list }) =>
    list('VirtualService').flatMap(({ spec, resource }) =>
      [...hiddenHttp(spec.http), ...hiddenTcp(spec.tcp)].map(({ at, by }) => ({
        ...{ resource, at: `spec.${at}` },
        message: `is never reached: ${by} takes all that it matches`,
      })),
    ),
};

interface Hidden {
  readonly at: string;
  readonly by: string;
}

function hiddenHttp(rules: readonly HttpRoute[]): readonly Hidden[] {
  const all = rules.flatMap((rule, index) => matchesOf(rule, `http[${index}]`));
  return all.flatMap(({ at, match }, index) => {
    const earlier = all.slice(0, index).find((one) => covers(one.match, match));
    return earlier === undefined ? [] : [{ at, by: earlier.at }];
  });
}

function hiddenTcp(rules: readonly TcpRoute[]): readonly Hidden[] {
  const last = rules.findIndex(({ match }) => match.length === 0);
  if (last < 0) return [];
  return rules.slice(last + 1).map((_, index) => ({ at: `tcp[${last + 1 + index}]`, by: `tcp[${last}]` }));
}
