const plainKey = /^[A-Za-z_][\w-]*$/;

/** The path of a map's value, as paths of diagnostics are written. */
export function at(parent: string, key: string): string {
  if (!plainKey.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

/** Calls a check for each item of a list, with its path. */
export function forEach<T>(path: string, items: readonly T[], check: (path: string, item: T) => void): void {
  for (const [index, item] of items.entries()) check(`${path}[${index}]`, item);
}

/** Calls a check for each key of a map, with its path. */
export function forEntries<T>(
  path: string,
  map: ReadonlyMap<string, T>,
  check: (path: string, key: string, value: T) => void,
): void {
  for (const [key, value] of map) check(at(path, key), key, value);
}
