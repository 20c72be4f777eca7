const MAX_LENGTH = 1024;

/** What went wrong, as text: never empty, never endless, whatever was thrown. */
export function causeText(cause: unknown): string {
  let text: string;
  try {
    text = String(cause instanceof Error ? cause.message || cause.name : cause);
  } catch {
    // An object without a usable toString says nothing.
    text = 'unknown failure';
  }
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}...` : text;
}

/** The stack of what was thrown, for the log; undefined when it has none to show. */
export function causeStack(cause: unknown): string | undefined {
  try {
    const stack: unknown = cause instanceof Error ? cause.stack : undefined;
    return typeof stack === 'string' ? stack : undefined;
  } catch {
    // A hostile accessor: there is no stack then.
    return undefined;
  }
}
