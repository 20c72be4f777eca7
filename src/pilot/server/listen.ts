import type { Server, ServerCredentials } from '@grpc/grpc-js';
import { MixerError } from '../../util/errors.js';

/** Where a server listens. An empty host is all addresses, port 0 any free port. */
export interface ListenAt {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, with brackets around IPv6. */
function formatPlace({ host, port }: ListenAt): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there; end it or choose another address',
  EACCES: 'permission denied; ports below 1024 need more rights',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'the host name does not resolve',
};

/** The error of a socket that cannot be opened, with what to do about it. */
export function listenError(at: ListenAt, error: Error): MixerError {
  const code = /\bE[A-Z]{4,}\b/.exec(error.message)?.[0] ?? '';
  const reason = Object.hasOwn(reasons, code) ? `${reasons[code]} (${code})` : error.message;
  return new MixerError('LISTEN_FAILED', `cannot listen on ${formatPlace(at)}: ${reason}`, error);
}

/**
 * Opens a gRPC server's socket; gives the place that it has.
 *
 * @throws MixerError LISTEN_FAILED
 */
export async function listenGrpc(server: Server, at: ListenAt, credentials: ServerCredentials): Promise<ListenAt> {
  const bind = (host: string): Promise<ListenAt> =>
    new Promise((resolve, reject) => {
      server.bindAsync(formatPlace({ ...at, host }), credentials, (error, port) => {
        if (error === null) resolve({ ...at, port });
        else reject(listenError(at, error));
      });
    });
  if (at.host !== '') return await bind(at.host);
  try {
    return await bind('::');
  } catch (error) {
    // A machine without IPv6 has no `::`.
    if (error instanceof MixerError && String(error.cause).includes('EADDRINUSE')) throw error;
    return await bind('0.0.0.0');
  }
}
