import { type Resource, resourceKey as resourceId } from '../../config/index.js';
import type { Diagnostic } from '../../util/diagnostics.js';
import { diagnose } from '../snapshot/finding.js';

/** Keeps the later one of resources with the same id, with a warning there. */
export function takeLatest(resources: readonly Resource[]): {
  readonly resources: ReadonlyMap<string, Resource>;
  readonly diagnostics: readonly Diagnostic[];
} {
  const latest = new Map<string, Resource>();
  const diagnostics: Diagnostic[] = [];
  for (const resource of resources) {
    const id = resourceId(resource);
    const earlier = latest.get(id);
    if (earlier !== undefined) diagnostics.push(shadowing(resource, earlier));
    latest.delete(id);
    latest.set(id, resource);
  }
  return { resources: latest, diagnostics };
}

function shadowing(later: Resource, earlier: Resource): Diagnostic {
  const { file, line, column } = earlier.position('metadata.name');
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return diagnose(later, {
    severity: 'warning',
    code: 'DUPLICATE_RESOURCE',
    message: `this ${later.kind} was given before, at ${place}; this one counts`,
    at: 'metadata.name',
    label: '',
  });
}
