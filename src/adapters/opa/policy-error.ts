/**
 * Why there is no policy to ask. `passing` tells what may get better by itself (a file that is missing, an `opa` that is
 * not there yet) from what will not before the configuration changes.
 */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly passing: boolean;

  constructor(message: string, options: { readonly passing?: boolean; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.passing = options.passing ?? false;
  }
}

/** What was thrown, in words: policies and their built-in functions throw texts and plain objects as well. */
export function textOf(cause: unknown): string {
  if (typeof cause === 'string') return cause;
  if (typeof cause === 'object' && cause !== null && 'message' in cause) return String(cause.message);
  return String(cause);
}
