import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { MixerError } from '../../util/errors.js';
import type { XdsServer } from '../xds/server.js';
import { addXdsService } from '../xds/service.js';
import { listenGrpc, type ListenAt } from './listen.js';

/** Certificates of a server, as PEM files. */
export interface ServerFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** With it, clients must show a certificate that one of these has signed. */
  readonly caFile: string | undefined;
}

/** How connections of proxies are kept. */
export interface KeepAlive {
  /** A connection that is this old is asked to go elsewhere; 0 for never. */
  readonly maxAgeMillis: number;
  /** How often a quiet client is asked whether it is there, and how long it may take to say so. */
  readonly intervalMillis: number;
  readonly timeoutMillis: number;
}

/** A port that xDS is served on. */
export interface GrpcPort {
  readonly at: ListenAt;
  /** Asks clients to go elsewhere, and after `graceMillis` ends their streams. */
  close(graceMillis: number): Promise<void>;
}

/** What a {@link GrpcPort} is made of. */
export interface GrpcPortOptions {
  readonly at: ListenAt;
  readonly keepAlive: KeepAlive;
  /** Plain text without them. */
  readonly tls?: ServerFiles | undefined;
}

// A client that was asked to go elsewhere opens a new stream before the old one ends.
const AGE_GRACE_MILLIS = 10_000;
// Of one connection. A proxy has one; one that stands for many, such as a load balancer, opens more connections.
const MAX_STREAMS = 1000;

/**
 * Serves xDS on a port.
 *
 * @throws MixerError LISTEN_FAILED, or USAGE when certificates cannot be read.
 */
export async function openGrpcPort(xds: XdsServer, { at, keepAlive, tls }: GrpcPortOptions): Promise<GrpcPort> {
  const { maxAgeMillis, intervalMillis, timeoutMillis } = keepAlive;
  const credentials = tls === undefined ? ServerCredentials.createInsecure() : await readCredentials(tls);
  const server = new Server({
    'grpc.keepalive_time_ms': intervalMillis,
    'grpc.keepalive_timeout_ms': timeoutMillis,
    'grpc.max_concurrent_streams': MAX_STREAMS,
    ...(maxAgeMillis > 0 && {
      'grpc.max_connection_age_ms': maxAgeMillis,
      'grpc.max_connection_age_grace_ms': AGE_GRACE_MILLIS,
    }),
  });
  addXdsService(server, xds);
  const bound = await listenGrpc(server, at, credentials);
  return {
    at: bound,
    close: (graceMillis) =>
      new Promise((resolve) => {
        const force = setTimeout(() => {
          server.forceShutdown();
          resolve();
        }, graceMillis);
        server.tryShutdown(() => {
          clearTimeout(force);
          resolve();
        });
      }),
  };
}

async function readCredentials({ certFile, keyFile, caFile }: ServerFiles): Promise<ServerCredentials> {
  const read = (path: string): Promise<Buffer> =>
    readFile(path).catch((cause: unknown) => {
      throw new MixerError('USAGE', `cannot read ${path}: ${MixerError.from(cause).rawMessage}`, cause);
    });
  const [chain, key] = [await read(certFile), await read(keyFile)];
  const roots = caFile === undefined ? undefined : await read(caFile);
  try {
    // gRPC itself would tell only when it listens, as if the place were wrong.
    createSecureContext({ cert: chain, key, ...(roots !== undefined && { ca: roots }) });
    const pairs = [{ cert_chain: chain, private_key: key }];
    return ServerCredentials.createSsl(roots ?? null, pairs, roots !== undefined);
  } catch (cause) {
    throw new MixerError(
      'USAGE',
      `not a certificate with its key: ${[certFile, keyFile, caFile ?? ''].join(' ').trim()}`,
      cause,
    );
  }
}
