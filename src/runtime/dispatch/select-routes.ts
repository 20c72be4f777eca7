import type { NamespaceRoutes, RoutingTable } from '../routing/table.js';
import type { RequestBag } from './request-bag.js';

/**
 * The routes of the namespace that a request belongs to (mixer-core.md 5.6): the destination's for an inbound reporter
 * and when nothing is said, the source's for an outbound one. Any other reporter has no namespace; then, as for a
 * namespace without rules, those of the default namespace apply.
 */
export function selectRoutes(table: RoutingTable, bag: RequestBag): NamespaceRoutes {
  const { reporterKind, sourceNamespace, destinationNamespace } = table.selectors;
  const kind = bag.string(reporterKind);
  let slot = destinationNamespace;
  // Absent or not a text counts as inbound.
  if (typeof kind === 'string' && kind !== 'inbound') {
    if (kind !== 'outbound') return table.fallback;
    slot = sourceNamespace;
  }
  const namespace = bag.string(slot);
  if (typeof namespace !== 'string') return table.fallback;
  return table.namespaces.get(namespace) ?? table.fallback;
}
