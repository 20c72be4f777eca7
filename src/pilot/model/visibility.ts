/** What can be kept to a namespace. */
interface Exported {
  readonly namespace: string;
  readonly exportTo: readonly string[];
}

/** Whether all namespaces see something; `fallback` is what the mesh says for those that do not say (mesh.md 2.0). */
export function isPublic(exportTo: readonly string[], fallback: readonly string[]): boolean {
  const [said = fallback[0] ?? '*'] = exportTo;
  return said !== '.';
}

/** Whether a namespace sees something. */
export function isVisible(what: Exported, namespace: string, fallback: readonly string[]): boolean {
  return what.namespace === namespace || isPublic(what.exportTo, fallback);
}

/** True when all wanted labels are there. */
export function hasLabels(labels: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): boolean {
  for (const [key, value] of wanted) if (labels.get(key) !== value) return false;
  return true;
}

/** True when a label that both have differs. */
export function contradicts(some: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>): boolean {
  for (const [key, value] of some) if (others.has(key) && others.get(key) !== value) return true;
  return false;
}
