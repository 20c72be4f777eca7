/** Calls back for each item whose key an earlier one has; items without a key are passed over. */
export function findRepeated<T>(
  items: readonly T[],
  keyOf: (item: T) => string | number | undefined,
  report: (index: number, key: string | number) => void,
): void {
  const seen = new Set<string | number>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    if (key === undefined) continue;
    if (seen.has(key)) report(index, key);
    seen.add(key);
  }
}
