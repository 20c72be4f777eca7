import type { TcpConnection } from '../../tcp/types.js';
import { addressText, cleanText, commonOperators } from './common-operators.js';
import { type Operator, type OperatorTable, plain, withArgument } from './operator.js';

const nothing = (): undefined => undefined;

/** All operators for connections: those that are about a request have nothing to tell. */
export const tcpOperators: OperatorTable<TcpConnection> = new Map<string, Operator<TcpConnection>>([
  ...commonOperators,
  ...['REQ', 'RESP', 'TRAILER', 'DYNAMIC_METADATA'].map((name) => [name, withArgument(() => nothing)] as const),
  ...['PROTOCOL', 'RESPONSE_CODE_DETAILS', 'RESPONSE_DURATION', 'ROUTE_NAME'].map(
    (name) => [name, plain(nothing)] as const,
  ),
  ['RESPONSE_CODE', plain(() => '0')],
  ['UPSTREAM_CLUSTER', plain(({ cluster }) => cluster)],
  ['REQUESTED_SERVER_NAME', plain(({ serverName }) => cleanText(serverName))],
  ['DOWNSTREAM_REMOTE_ADDRESS', plain(({ downstream }) => addressText(downstream.remote))],
  ['DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT', plain(({ downstream }) => downstream.remote.host)],
]);
