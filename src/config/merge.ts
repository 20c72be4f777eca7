import type { Diagnostic } from '../util/diagnostics.js';
import type { LoadResult } from './parse.js';
import { type Resource, resourceKey } from './resource.js';

/** What one file gives. */
export interface FileResult extends LoadResult {
  /** Last good versions of resources that the file, now broken, no longer gives; anything sound replaces them. */
  readonly kept?: readonly Resource[] | undefined;
}

/**
 * Puts files together in their order. Of two resources of one kind, name and namespace the later one counts, with a
 * warning at its place (mixer-core.md 5.8).
 */
export function mergeFiles(files: readonly FileResult[]): LoadResult {
  const fresh = new Map<string, Resource>();
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    diagnostics.push(...file.diagnostics);
    for (const resource of file.resources) {
      const key = resourceKey(resource);
      const former = fresh.get(key);
      if (former !== undefined) diagnostics.push(duplicate(resource, former));
      fresh.set(key, resource);
    }
  }
  const merged = new Map<string, Resource>();
  for (const file of files) {
    for (const resource of file.resources) {
      if (fresh.get(resourceKey(resource)) === resource) merged.set(resourceKey(resource), resource);
    }
    for (const resource of file.kept ?? []) {
      if (!fresh.has(resourceKey(resource))) merged.set(resourceKey(resource), resource);
    }
  }
  return Object.freeze({ resources: Object.freeze([...merged.values()]), diagnostics: Object.freeze(diagnostics) });
}

function duplicate(resource: Resource, former: Resource): Diagnostic {
  const { kind, name, namespace } = resource;
  const { file, line, column } = former.position('metadata.name');
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const message = `${kind} "${name}" in namespace "${namespace}" was given before, at ${place}; this one counts`;
  const at = resource.position('metadata.name');
  return { severity: 'warning', code: 'DUPLICATE_RESOURCE', message, ...at, path: 'metadata.name' };
}
