import { fieldOf, listOf } from './fields.js';
import { type Filters, isWanted, type Listing, sortRows } from './listing.js';
import type { ProxyDump } from './proxy-dump.js';

/** The routes of a proxy, but for those that listeners bring along. */
export function listRoutes({ routes }: ProxyDump, { name }: Filters): Listing {
  const rows = routes.flatMap((one) => {
    if (!isWanted(one.name, name)) return [];
    return [{ cells: [one.name, listOf(fieldOf(one.message, 'virtual_hosts')).length], resource: one.message }];
  });
  return { header: ['NAME', 'VIRTUAL HOSTS'], rows: sortRows(rows) };
}
