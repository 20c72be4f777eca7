/** Compares by code units, which no locale changes. */
export function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** A copy in the order of a text of each. */
export function sortedBy<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  return items.toSorted((one, other) => compareText(textOf(one), textOf(other)));
}

/** The entries of a map in the order of their keys, so that what is made of them does not depend on who wrote first. */
export function sortedEntries<V>(map: ReadonlyMap<string, V>): [string, V][] {
  return sortedBy([...map], ([key]) => key);
}
