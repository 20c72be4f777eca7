import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';

const firstReconnectMillis = 10;
const lastReconnectMillis = 10_000;

/** A call that the backend, or the way to it, failed. */
export class BackendError extends Error {
  override readonly name = 'BackendError';

  constructor(
    /** A code of gRPC. */
    readonly code: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A connection to an out-of-process adapter, made when it is first needed and again when it is lost. */
export class Backend {
  readonly #client: Client;

  /** Does not connect yet. Throws when the address is none. */
  constructor(readonly address: string) {
    this.#client = new Client(address, credentials.createInsecure(), {
      'grpc.initial_reconnect_backoff_ms': firstReconnectMillis,
      'grpc.max_reconnect_backoff_ms': lastReconnectMillis,
      'grpc.service_config_disable_resolution': 1,
    });
  }

  /** Calls a method with an encoded message. Rejects with a BackendError, at once when there is no connection. */
  call(path: string, request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(new BackendError(status.CANCELLED, `${path}: cancelled`));
        return;
      }
      const done = (error: ServiceError | null, answer?: Uint8Array): void => {
        signal.removeEventListener('abort', cancel);
        if (error === null) resolve(answer ?? new Uint8Array());
        else
          reject(
            new BackendError(error.code, `${path}: ${nameOf(error.code)}: ${error.details.trim()}`, { cause: error }),
          );
      };
      const call = this.#client.makeUnaryRequest(path, toBuffer, same, request, new Metadata(), {}, done);
      const cancel = (): void => call.cancel();
      signal.addEventListener('abort', cancel, { once: true });
    });
  }

  /** Ends the connection; twice does no harm. */
  close(): void {
    this.#client.close();
  }
}

function nameOf(code: number): string {
  return status[code] ?? `code ${code}`;
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function same(bytes: Buffer): Uint8Array {
  return bytes;
}
