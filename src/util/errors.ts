/**
 * Why something in the world failed. Closed on purpose: docs/reference/errors.md lists every code, and one table in
 * src/mixer maps them to gRPC status codes.
 */
export type ErrorCode =
  | 'MALFORMED_MESSAGE'
  | 'DICTIONARY_MISMATCH'
  | 'PREPROCESS_FAILED'
  | 'DISPATCH_FAILED'
  | 'ADAPTER_FAILED'
  | 'ADAPTER_TIMEOUT'
  | 'ADAPTER_INVALID'
  | 'LISTEN_FAILED'
  | 'USAGE'
  | 'UNAVAILABLE'
  | 'INTERNAL';

/** A failure of the world (a socket, a file, an adapter, a peer). Denied requests and bad configuration are values. */
export class MixerError extends Error {
  override readonly name = 'MixerError';

  constructor(
    readonly code: ErrorCode,
    readonly rawMessage: string,
    cause?: unknown,
  ) {
    super(rawMessage, cause === undefined ? undefined : { cause });
  }

  /** Wraps whatever a catch block received; a MixerError passes through unchanged. */
  static from(cause: unknown, code: ErrorCode = 'INTERNAL'): MixerError {
    if (cause instanceof MixerError) return cause;
    return new MixerError(code, cause instanceof Error ? cause.message : String(cause), cause);
  }
}
