import {
  type ChannelCredentials,
  Client,
  compressionAlgorithms,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';

import { oneLine, readProtobufResponse, readStatus } from './answer.js';
import type { Certificates } from './certificates.js';
import type { OtlpConfig } from './config.js';
import { grpcEndpoint } from './endpoint.js';
import { type Signal, signals } from './signal.js';
import type { Transport, Verdict } from './transport.js';

// "Failures" of OTLP/gRPC, opentelemetry.io/docs/specs/otlp. RESOURCE_EXHAUSTED is one of them only with a RetryInfo.
const retryable = new Set<status>([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);
// What servers in Go, C++ and Java say of a message beyond their limit. This client says nearly the same of an answer
// beyond its own, without the point: then the collector has taken the request.
const tooLarge = /^grpc: received message larger than max|larger than max \(\d+ vs\. \d+\)|exceeds maximum size/i;
const maxPauseMillis = 300_000;
const detailsKey = 'grpc-status-details-bin';

/** OTLP over gRPC. The messages come encoded, so the library's own encoding has nothing to do. */
export function createGrpcTransport(config: OtlpConfig, certificates: Certificates): Transport {
  const clients = new Map<string, Client>();
  const clientOf = (signal: Signal): Client => {
    const { target, isSecure } = grpcEndpoint(config, signal);
    const key = `${target} ${isSecure}`;
    const known = clients.get(key);
    if (known !== undefined) return known;
    const client = new Client(target, createCredentials(isSecure, certificates), {
      // Its own connection, which ends with this handler.
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_receive_message_length': 65_536,
      'grpc.initial_reconnect_backoff_ms': 500,
      'grpc.max_reconnect_backoff_ms': 10_000,
      'grpc.enable_retries': 0,
      ...(config.compression === 'GZIP'
        ? { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip }
        : undefined),
    });
    clients.set(key, client);
    return client;
  };
  const metadata = new Metadata();
  for (const [name, value] of config.headers) metadata.set(name, value);
  const bySignal = { traces: clientOf('traces'), metrics: clientOf('metrics'), logs: clientOf('logs') };
  return {
    send: (signal, body, abort) => call(bySignal[signal], { signal, body: body as Uint8Array, metadata, abort }),
    close: () => {
      for (const client of clients.values()) client.close();
    },
  };
}

function createCredentials(isSecure: boolean, { ca, cert, key }: Certificates): ChannelCredentials {
  return isSecure ? credentials.createSsl(ca ?? null, key ?? null, cert ?? null) : credentials.createInsecure();
}

function call(
  client: Client,
  request: {
    readonly signal: Signal;
    readonly body: Uint8Array;
    readonly metadata: Metadata;
    readonly abort: AbortSignal;
  },
): Promise<Verdict> {
  const { signal, body, metadata, abort } = request;
  return new Promise((resolve, reject) => {
    const toBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const running = client.makeUnaryRequest(
      signals[signal].method,
      toBuffer,
      (bytes: Buffer) => bytes,
      body,
      metadata,
      (error: ServiceError | null, answer?: Buffer) => {
        abort.removeEventListener('abort', cancel);
        try {
          resolve(error === null ? readProtobufResponse(answer ?? Buffer.alloc(0)) : judge(error));
        } catch (cause) {
          reject(cause instanceof Error ? cause : new Error(String(cause)));
        }
      },
    );
    const cancel = (): void => running.cancel();
    abort.addEventListener('abort', cancel);
    if (abort.aborted) cancel();
  });
}

function judge(error: ServiceError): Verdict {
  const reason = `${status[error.code]}: ${oneLine(error.details)}`;
  const details = error.metadata.get(detailsKey)[0];
  const pause = details instanceof Buffer ? readStatus(details).retryMillis : undefined;
  const isRetryable = retryable.has(error.code) || (error.code === status.RESOURCE_EXHAUSTED && pause !== undefined);
  if (error.code === status.RESOURCE_EXHAUSTED && tooLarge.test(error.details)) return { kind: 'split', reason };
  if (!isRetryable) return { kind: 'rejected', reason };
  if (pause === undefined) return { kind: 'retry', reason };
  return { kind: 'retry', reason, retryAfterMillis: Math.min(pause, maxPauseMillis) };
}
