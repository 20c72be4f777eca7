/** The path of a key below another path, in the notation that {@link Resource.position} reads. */
export function childPath(parent: string, key: string): string {
  if (/^[A-Za-z_][\w-]*$/.test(key)) return `${parent}.${key}`;
  return `${parent}[${JSON.stringify(key)}]`;
}
