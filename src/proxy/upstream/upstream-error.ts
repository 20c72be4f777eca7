import type { UpstreamFailure, UpstreamFailureKind } from './types.js';

/** An upstream that could not be reached, as an exception for those who wait for a connection. */
export class UpstreamError extends Error implements UpstreamFailure {
  override readonly name = 'UpstreamError';

  constructor(
    readonly kind: UpstreamFailureKind,
    readonly reason: string,
    cause?: unknown,
  ) {
    super(`${kind}: ${reason}`, { cause });
  }
}

/** What an attempt to connect failed of. */
export function connectFailure(cause: unknown): UpstreamError {
  return cause instanceof UpstreamError ? cause : new UpstreamError('connect-failure', reasonOf(cause), cause);
}

/** The code of a system or TLS error, else what it says. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' && code !== '' ? code : cause.message;
}
