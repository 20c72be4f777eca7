const longest = 200;

/** What went wrong as a short text for a log: one line, never empty, whatever was thrown. */
export function reasonOf(cause: unknown): string {
  try {
    return shortText(cause instanceof Error ? cause.message || cause.name : String(cause)) || 'unknown failure';
  } catch {
    // An object without a usable toString says nothing.
    return 'unknown failure';
  }
}

/** One line of at most 200 characters, without control characters. */
export function shortText(text: string): string {
  // Cut first: an answer of a megabyte is not searched for line breaks.
  const line = text
    .slice(0, 4 * longest)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line.length > longest ? `${line.slice(0, longest)}...` : line;
}
