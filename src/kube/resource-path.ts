import type { Selection } from './types.js';

/** The path and query of a selection; parameters that are undefined are left out. */
export function resourcePath(
  { group, version, plural, namespace, labelSelector, fieldSelector }: Selection,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const root = group === undefined || group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ labelSelector, fieldSelector, ...parameters })) {
    if (value !== undefined && value !== '') query.set(name, value);
  }
  const text = query.toString();
  return `${root}${scope}/${plural}${text === '' ? '' : `?${text}`}`;
}

/** What a selection is called in messages: `replicasets.apps`. */
export function resourceName({ group, plural }: Selection): string {
  return group === undefined || group === '' ? plural : `${plural}.${group}`;
}
