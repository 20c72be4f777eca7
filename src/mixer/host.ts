import type { ListenAddress } from './address.js';

/**
 * Answers one call of a method. May answer at once, which costs the host nothing, or later. Failures are thrown or
 * rejected as {@link RpcError}; anything else that escapes is a bug of ours and answered as INTERNAL.
 */
export type UnaryHandler = (request: Buffer) => Buffer | Promise<Buffer>;

/** What a host serves: gRPC path (`/package.Service/Method`) → handler. */
export type UnaryMethods = ReadonlyMap<string, UnaryHandler>;

/** A call that failed as a whole, as opposed to one that was answered with a denial. */
export class RpcError extends Error {
  override readonly name = 'RpcError';

  constructor(
    /** The gRPC status code, one of `rpcCode`. */
    readonly status: number,
    /** The text that the caller sees. */
    readonly details: string,
  ) {
    super(details);
  }
}

/**
 * The seam to whatever speaks gRPC on a socket: bytes in, bytes out, nothing about protobuf. Unknown methods are
 * answered UNIMPLEMENTED, messages over the size limit RESOURCE_EXHAUSTED, both without reaching a handler.
 */
export interface RpcHost {
  /** Starts to serve; gives the address with the port that was taken. Rejects with MixerError LISTEN_FAILED. */
  listen(address: ListenAddress): Promise<ListenAddress>;
  /** Takes no new calls, lets running ones end for at most `graceMillis`, then cuts them off. */
  close(graceMillis: number): Promise<void>;
}
