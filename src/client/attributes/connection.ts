import type { Value } from '../../attributes/index.js';

/** What is known of the connection a request came by. */
export interface ConnectionFacts {
  readonly remoteAddress: Uint8Array | undefined;
  /** TLS with a certificate of the peer that was verified. */
  readonly isMutualTls: boolean;
  readonly serverName?: string | undefined;
  /** `spiffe://` left out. */
  readonly localPrincipal?: string | undefined;
  readonly peerPrincipal?: string | undefined;
}

/** Adds what both HTTP and TCP say of a connection. */
export function addConnectionAttributes(into: Map<string, Value>, connection: ConnectionFacts): void {
  const { remoteAddress, isMutualTls, serverName = '', localPrincipal = '', peerPrincipal = '' } = connection;
  if (remoteAddress !== undefined) into.set('origin.ip', remoteAddress);
  into.set('connection.mtls', isMutualTls);
  if (serverName !== '') into.set('connection.requested_server_name', serverName);
  if (localPrincipal !== '') into.set('destination.principal', localPrincipal);
  if (peerPrincipal !== '') into.set('source.principal', peerPrincipal);
}
