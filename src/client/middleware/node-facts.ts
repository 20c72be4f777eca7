import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { addressBytes } from '../attributes/address-bytes.js';
import type { ConnectionFacts } from '../attributes/connection.js';
import { principalOf } from '../attributes/principal.js';

/** A request of a framework that cuts the path where it mounts a handler. */
type MountedRequest = IncomingMessage & { readonly originalUrl?: string | undefined };

const known = new WeakMap<Socket, ConnectionFacts>();

/** What a socket of Node says of its connection. The same for all requests of it. */
export function connectionOf(socket: Socket): ConnectionFacts {
  let facts = known.get(socket);
  if (facts === undefined) known.set(socket, (facts = readConnection(socket)));
  return facts;
}

/** The headers of a request as a proxy sees them: lower case, the last of each name, with pseudo headers. */
export function headersOf(request: MountedRequest): Map<string, string> {
  const headers = new Map<string, string>();
  headers.set(':method', request.method ?? 'GET');
  headers.set(':path', pathOf(request.originalUrl ?? request.url ?? '/'));
  headers.set(':scheme', isEncrypted(request.socket) ? 'https' : 'http');
  const { rawHeaders } = request;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    headers.set(name === 'host' ? ':authority' : name, rawHeaders[at + 1]!);
  }
  return headers;
}

/**
 * The path and the query of a request's target, as routers take it: without a fragment, and of a whole URL only what
 * follows the host. Otherwise `GET http://any/admin` would pass a rule about `/admin`, and reach what it guards.
 */
function pathOf(target: string): string {
  const hash = target.indexOf('#');
  const bare = hash < 0 ? target : target.slice(0, hash);
  const prefix = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/.exec(bare);
  if (prefix === null) return bare;
  const path = bare.slice(prefix[0].length);
  return path.startsWith('/') ? path : `/${path}`;
}

function readConnection(socket: Socket): ConnectionFacts {
  const remoteAddress = addressBytes(socket.remoteAddress);
  if (!isEncrypted(socket)) return { remoteAddress, isMutualTls: false };
  // A certificate that was not verified proves nothing, so its names are not believed.
  const peer = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  const serverName = socket.servername;
  return {
    remoteAddress,
    isMutualTls: peer !== undefined,
    serverName: typeof serverName === 'string' ? serverName : undefined,
    localPrincipal: principalOf(socket.getX509Certificate()?.subjectAltName),
    peerPrincipal: principalOf(peer?.subjectAltName),
  };
}

function isEncrypted(socket: Socket): socket is TLSSocket & { readonly servername?: unknown } {
  return 'encrypted' in socket && socket.encrypted === true;
}
