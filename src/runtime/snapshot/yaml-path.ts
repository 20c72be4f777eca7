/** The path of a key below another path, in the notation that {@link Resource.position} reads. */
export function childPath(parent: string, key: string): string {
  if (/^[A-Za-z_][\w-]*$/.test(key)) return `${parent}.${key}`;
  return `${parent}[${JSON.stringify(key)}]`;
}

/** The path that an adapter names (`overrides[1].maxAmount`, empty for the whole) below a path of ours. */
export function below(at: string, path: string): string {
  if (path === '') return at;
  return path.startsWith('[') ? `${at}${path}` : `${at}.${path}`;
}
