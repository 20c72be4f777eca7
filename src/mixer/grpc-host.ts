import { unlink } from 'node:fs/promises';

import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  status as Status,
} from '@grpc/grpc-js';

import { MixerError } from '../util/errors.js';
import { formatAddress, formatHostPort, type ListenAddress } from './address.js';
import { RpcError, type RpcHost, type UnaryHandler, type UnaryMethods } from './host.js';
import { listenFailure } from './listen-failure.js';
import { removeStaleSocket } from './stale-socket.js';
import { statusText } from './status-text.js';

/** Limits of a {@link createGrpcHost} (mixer-core.md 1.5). */
export interface GrpcHostOptions {
  /** Bytes of one request message; larger ones are answered RESOURCE_EXHAUSTED. */
  readonly maxMessageSize: number;
  /** Calls at once on one connection. */
  readonly maxConcurrentStreams: number;
}

const statuses: readonly Status[] = Object.values(Status).filter((status) => typeof status === 'number');
const identity = (message: Buffer): Buffer => message;

/** An {@link RpcHost} on `@grpc/grpc-js`, plain text HTTP/2. */
export function createGrpcHost(methods: UnaryMethods, options: GrpcHostOptions): RpcHost {
  // Channelz stays on: without it grpc-js forgets its sessions, and forceShutdown() leaves them open.
  const server = new Server({
    'grpc.max_receive_message_length': options.maxMessageSize,
    'grpc.max_concurrent_streams': options.maxConcurrentStreams,
  });
  addMethods(server, methods);
  let socketPath: string | undefined;
  return {
    async listen(address) {
      if (address.kind === 'unix') {
        await removeStaleSocket(address.path);
        await bind(server, `unix:${address.path}`, address);
        socketPath = address.path;
        return address;
      }
      return await listenTcp(server, address);
    },
    async close(graceMillis) {
      await shutdown(server, graceMillis);
      // Node removes the socket of a server that closes in good order; a forced one may leave it.
      if (socketPath !== undefined) await unlink(socketPath).catch(() => undefined);
    },
  };
}

function addMethods(server: Server, methods: UnaryMethods): void {
  const definition: Record<string, ServiceDefinition[string]> = {};
  const implementation: Record<string, ReturnType<typeof unary>> = {};
  for (const [path, handler] of methods) {
    definition[path] = {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    };
    implementation[path] = unary(handler);
  }
  server.addService(definition, implementation);
}

// One closure per method, none per call as long as the handler answers at once.
function unary(handler: UnaryHandler) {
  return (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>): void => {
    let answer: Buffer | Promise<Buffer>;
    try {
      answer = handler(call.request);
    } catch (error) {
      fail(respond, error);
      return;
    }
    if (answer instanceof Promise) {
      answer.then(
        (response) => {
          respond(null, response);
        },
        (error: unknown) => {
          fail(respond, error);
        },
      );
    } else respond(null, answer);
  };
}

function fail(respond: sendUnaryData<Buffer>, error: unknown): void {
  const known = error instanceof RpcError;
  const code = known ? (statuses[error.status] ?? Status.UNKNOWN) : Status.INTERNAL;
  respond({
    code,
    details: statusText(known ? error.details : error instanceof Error ? error.message : String(error)),
  });
}

async function listenTcp(server: Server, address: ListenAddress & { kind: 'tcp' }): Promise<ListenAddress> {
  if (address.host !== '') {
    return { ...address, port: await bind(server, formatHostPort(address.host, address.port), address) };
  }
  try {
    return { ...address, port: await bind(server, formatHostPort('::', address.port), address) };
  } catch (error) {
    // A machine without IPv6 has no `::`; `EADDRINUSE` would only be repeated in other words.
    if (error instanceof MixerError && String(error.cause).includes('EADDRINUSE')) throw error;
    return { ...address, port: await bind(server, formatHostPort('0.0.0.0', address.port), address) };
  }
}

function bind(server: Server, target: string, address: ListenAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(target, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else
        reject(
          new MixerError('LISTEN_FAILED', `cannot listen on ${formatAddress(address)}: ${listenFailure(error)}`, error),
        );
    });
  });
}

function shutdown(server: Server, graceMillis: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, graceMillis);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
