import { formatPrometheus } from '../stats/prometheus-page.js';
import { filterStats, parseStatFilter } from '../stats/stat-filter.js';
import { formatStatJson, formatStatLines } from '../stats/stat-pages.js';
import type { StatSnapshot } from '../stats/stats.js';
import type { AdminAnswer, AdminOptions, AdminPage } from './types.js';

/** All statistics: as text, or in the format that is asked for. */
export const statsPage: AdminPage = {
  path: '/stats',
  help: 'print server stats (format=json or prometheus, filter=<RE2 expression>, usedonly)',
  answer: (options, query) => {
    const format = query.get('format');
    if (format === 'prometheus') return prometheusPage.answer(options, query);
    return withStats(options, query, (snapshot) =>
      format === 'json' ? { type: 'json', body: formatStatJson(snapshot) } : { body: formatStatLines(snapshot) },
    );
  },
};

/** The same for Prometheus. */
export const prometheusPage: AdminPage = {
  path: '/stats/prometheus',
  help: 'print server stats in prometheus format (filter, usedonly)',
  answer: async (options, query) => {
    const own = withStats(options, query, (snapshot) => ({ type: 'prometheus', body: formatPrometheus(snapshot) }));
    // A filter is about the names of the proxy's own.
    if (own.status !== undefined || options.moreMetrics === undefined || query.has('filter')) return own;
    return { ...own, body: own.body + (await options.moreMetrics()) };
  },
};

function withStats(
  { stats }: AdminOptions,
  query: URLSearchParams,
  write: (snapshot: StatSnapshot) => AdminAnswer,
): AdminAnswer {
  let filter;
  try {
    filter = parseStatFilter(query);
  } catch (cause) {
    return { status: 400, body: `invalid filter: ${(cause as Error).message}\n` };
  }
  return write(filterStats(stats.snapshot(), filter));
}
