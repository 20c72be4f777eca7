/** What has an age and a name. */
interface Aged {
  readonly createdAt: number;
  readonly name: string;
  readonly namespace: string;
}

/** Orders the older before the younger, and then by `name.namespace` (mesh.md 2.0). */
export function compareAge(a: Aged, b: Aged): number {
  const [left, right] = [`${a.name}.${a.namespace}`, `${b.name}.${b.namespace}`];
  return a.createdAt - b.createdAt || (left < right ? -1 : left > right ? 1 : 0);
}
