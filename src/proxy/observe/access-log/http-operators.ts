import type { Exchange } from '../../http/exchange.js';
import type { Headers } from '../../http/headers.js';
import { observedOf } from '../observed.js';
import { addressText, cleanText, commonOperators, wholeMillis } from './common-operators.js';
import { compileMetadata } from './dynamic-metadata.js';
import { type Operator, type OperatorTable, plain, type Read, withArgument } from './operator.js';

/** All operators for requests. */
export const httpOperators: OperatorTable<Exchange> = new Map<string, Operator<Exchange>>([
  ...commonOperators,
  ['REQ', withArgument((names) => firstOf(names, readRequest))],
  [
    'RESP',
    withArgument((names) =>
      firstOf(
        names,
        headerOf(({ response }) => response?.headers),
      ),
    ),
  ],
  [
    'TRAILER',
    withArgument((names) =>
      firstOf(
        names,
        headerOf(({ trailers }) => trailers),
      ),
    ),
  ],
  ['PROTOCOL', plain(({ request }) => request.protocol)],
  ['RESPONSE_CODE', plain(({ response }) => String(response?.status ?? 0))],
  ['RESPONSE_CODE_DETAILS', plain(({ details }) => details || undefined)],
  ['RESPONSE_DURATION', plain(readResponseDuration)],
  ['UPSTREAM_CLUSTER', plain(({ target }) => target?.name)],
  ['ROUTE_NAME', plain(({ route }) => route?.name || undefined)],
  ['REQUESTED_SERVER_NAME', plain(({ downstream }) => cleanText(downstream.tls?.serverName))],
  ['DOWNSTREAM_REMOTE_ADDRESS', plain((exchange) => addressText(remoteOf(exchange)))],
  ['DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT', plain((exchange) => remoteOf(exchange).host)],
  ['DYNAMIC_METADATA', withArgument(compileMetadata)],
]);

/** `X?Y`: the first, or if it is not there the second. */
function firstOf(names: string, make: (name: string) => Read<Exchange>): Read<Exchange> {
  const [name = '', other, ...more] = names.toLowerCase().split('?');
  if (name === '' || other === '' || more.length > 0) throw new Error('wants one name, or two with a question mark');
  const read = make(name);
  if (other === undefined) return read;
  const readOther = make(other);
  return (exchange) => read(exchange) ?? readOther(exchange);
}

function readRequest(name: string): Read<Exchange> {
  switch (name) {
    case ':method':
      return ({ request }) => request.method;
    case ':path':
      return ({ request }) => cleanText(request.path);
    case ':authority':
    case 'host':
      return ({ request }) => cleanText(request.authority) || undefined;
    case ':scheme':
      return ({ request }) => request.scheme;
    default:
      return headerOf(({ request }) => request.headers)(name);
  }
}

function headerOf(headersOf: (exchange: Exchange) => Headers | undefined): (name: string) => Read<Exchange> {
  return (name) => (exchange) => cleanText(headersOf(exchange)?.get(name));
}

/** Until the head of the upstream's answer, not of one of the proxy's own. */
function readResponseDuration(exchange: Exchange): string | undefined {
  const { upstreamMillis, responseStarted, started } = exchange;
  return upstreamMillis === undefined || responseStarted === undefined
    ? undefined
    : wholeMillis(responseStarted - started);
}

function remoteOf(exchange: Exchange): Exchange['downstream']['remote'] {
  return observedOf(exchange).remote ?? exchange.downstream.remote;
}
