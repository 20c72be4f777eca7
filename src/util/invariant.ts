/** Throws when one of our own assumptions is broken. Never for user input; nobody but the outermost call catches it. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
