import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { Metadata, Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall, status } from '@grpc/grpc-js';
import { decodeJson, decodeProtobuf, methodOf, type Plain, type Signal } from './decode.js';

/** A request as it arrived. */
export interface Received {
  readonly signal: Signal;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly request: Plain;
}

/** A collector of this test's own. */
export interface Collector {
  /** As the adapter's `endpoint` takes it. */
  readonly endpoint: string;
  readonly port: number;
  /** Everything that was read, whatever it was answered. */
  readonly received: readonly Received[];
  stop(): Promise<void>;
}

/** How an HTTP collector answers; `n` counts from 1. */
export type HttpAnswer = (response: ServerResponse, n: number) => void;

const paths: ReadonlyMap<string, Signal> = new Map([
  ['/v1/traces', 'traces'],
  ['/v1/metrics', 'metrics'],
  ['/v1/logs', 'logs'],
]);
const methods: Readonly<Record<Signal, string>> = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
};

/** Starts an OTLP/HTTP collector; it takes everything unless told otherwise. */
export async function startHttpCollector(
  answer: HttpAnswer = (response) => void response.end(),
  options: { readonly port?: number; readonly tls?: ServerOptions } = {},
): Promise<Collector> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signal = paths.get(request.url ?? '');
      if (signal === undefined || request.method !== 'POST') {
        response.writeHead(404).end();
        return;
      }
      received.push({ signal, headers: request.headers, request: read(signal, request.headers, chunks) });
      answer(response, received.length);
    });
  };
  const server = options.tls === undefined ? createServer(onRequest) : createSecureServer(options.tls, onRequest);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    received,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function read(signal: Signal, headers: IncomingHttpHeaders, chunks: readonly Buffer[]): Plain {
  const raw = Buffer.concat(chunks);
  const body = headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
  return headers['content-type'] === 'application/json'
    ? decodeJson(body.toString('utf8'))
    : decodeProtobuf(signal, body);
}

/** How a gRPC collector answers; `n` counts from 1. Undefined means that it never does. */
export type GrpcAnswer = (n: number) => GrpcOutcome | undefined;

/** An answer, or a status with what belongs to it. */
export interface GrpcOutcome {
  readonly response?: object;
  readonly code?: status;
  readonly details?: string;
  /** `grpc-status-details-bin`. */
  readonly trailer?: Buffer;
}

/** Starts an OTLP/gRPC collector; it takes everything unless told otherwise. */
export async function startGrpcCollector(
  answer: GrpcAnswer = () => ({}),
  options: { readonly port?: number; readonly credentials?: ServerCredentials } = {},
): Promise<Collector> {
  const received: Received[] = [];
  const server = new Server();
  for (const signal of paths.values()) {
    const { requestSerialize, responseDeserialize, responseSerialize } = methodOf(signal);
    const definition = {
      path: methods[signal],
      requestStream: false,
      responseStream: false,
      requestSerialize,
      requestDeserialize: (bytes: Buffer) => decodeProtobuf(signal, bytes),
      responseSerialize,
      responseDeserialize,
    };
    server.addService(
      { export: definition },
      {
        export: (call: ServerUnaryCall<Plain, object>, callback: sendUnaryData<object>) => {
          received.push({ signal, headers: call.metadata.getMap(), request: call.request });
          reply(answer(received.length), callback);
        },
      },
    );
  }
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = options.credentials ?? ServerCredentials.createInsecure();
    server.bindAsync(`127.0.0.1:${options.port ?? 0}`, credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    received,
    stop: () => {
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}

function reply(outcome: GrpcOutcome | undefined, callback: sendUnaryData<object>): void {
  if (outcome === undefined) return;
  const { code = status.OK, details = '', response = {}, trailer } = outcome;
  if (code === status.OK) {
    callback(null, response);
    return;
  }
  const metadata = new Metadata();
  if (trailer !== undefined) metadata.set('grpc-status-details-bin', trailer);
  callback({ name: 'Error', message: details, code, details, metadata });
}
