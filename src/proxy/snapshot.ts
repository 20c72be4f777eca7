import type { ProxyConfig } from '../gen/fairlead/proxy/v1/config.js';
import type { HttpFilter } from '../gen/fairlead/proxy/v1/listener.js';
import type { RouteTable } from '../gen/fairlead/proxy/v1/route.js';
import type { Clusters } from './clusters.js';
import { type CompiledRouteTable, compileRouteTable } from './routing/index.js';

/** What requests run on: tables of routes and clusters of one configuration. */
export interface Snapshot {
  readonly config: ProxyConfig;
  readonly clusters: Clusters;
  readonly tables: ReadonlyMap<string, CompiledRouteTable>;
}

/**
 * Compiles all tables of a configuration.
 *
 * @throws Error when one does not compile, or two have the same name.
 */
export function compileTables(config: ProxyConfig): Map<string, CompiledRouteTable> {
  const tables = new Map<string, CompiledRouteTable>();
  for (const table of config.routeTables) {
    if (tables.has(table.name)) throw new Error(`there are two route tables '${table.name}'`);
    tables.set(table.name, compiledTable(table));
  }
  return tables;
}

const compiled = new WeakMap<RouteTable, CompiledRouteTable>();

/**
 * Compiles a table, or finds it compiled: a message is never changed.
 *
 * @throws Error when it does not compile.
 */
export function compiledTable(table: RouteTable): CompiledRouteTable {
  const known = compiled.get(table);
  if (known !== undefined) return known;
  const made = compileRouteTable(table);
  compiled.set(table, made);
  return made;
}

/** The table that a chain goes by: its own, or by name; without one every request is 404. */
export function tableOf(
  filter: HttpFilter,
  own: CompiledRouteTable | undefined,
  snapshot: Snapshot,
): CompiledRouteTable {
  return own ?? snapshot.tables.get(filter.routeTable ?? '') ?? emptyTable;
}

const emptyTable: CompiledRouteTable = { name: '', find: () => undefined };
