import { fieldOf, listOf, pathOf, textOf } from './fields.js';
import { type Filters, isWanted, type Listing, sortRows } from './listing.js';
import type { DumpedResource, ProxyDump } from './proxy-dump.js';

/** The listeners of a proxy. */
export function listListeners({ listeners }: ProxyDump, { address, port, type, name }: Filters): Listing {
  const rows = listeners.flatMap((listener) => {
    const { message } = listener;
    const at = pathOf(message, 'address', 'socket_address') ?? message;
    const host = textOf(fieldOf(at, 'address'));
    const number = Number(fieldOf(at, 'port_value') ?? fieldOf(at, 'port') ?? 0);
    const kind = typeOf(listener);
    const isIn =
      isWanted(host, address) &&
      isWanted(String(number), port) &&
      isWanted(kind, type) &&
      isWanted(listener.name, name);
    return isIn ? [{ cells: [host || listener.name, number, kind], resource: message }] : [];
  });
  return { header: ['ADDRESS', 'PORT', 'TYPE'], rows: sortRows(rows) };
}

/** By what its filter chains do: HTTP, TCP, or HTTP+TCP. */
function typeOf({ message }: DumpedResource): string {
  const own = listOf(fieldOf(message, 'chains'));
  const filters = [...listOf(fieldOf(message, 'filter_chains')), fieldOf(message, 'default_filter_chain')].flatMap(
    (chain) => listOf(fieldOf(chain, 'filters')).map((filter) => textOf(fieldOf(filter, 'name'))),
  );
  // What a gRPC client listens to has no filter chains.
  const isHttp =
    fieldOf(message, 'api_listener') !== undefined ||
    own.some((chain) => fieldOf(chain, 'http') !== undefined) ||
    filters.some((name) => name.endsWith('http_connection_manager'));
  const isTcp =
    own.some((chain) => fieldOf(chain, 'tcp') !== undefined) || filters.some((name) => name.endsWith('tcp_proxy'));
  return [isHttp ? 'HTTP' : '', isTcp ? 'TCP' : ''].filter((one) => one !== '').join('+') || 'UNKNOWN';
}
