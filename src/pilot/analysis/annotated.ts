import type { Resource } from '../../config/index.js';
import { isMeshAnnotation } from './annotations.js';
import { podMetadataPath, textsAt } from './workloads.js';

/** An annotation that is meant for the mesh, and what it is on. */
export interface Annotated {
  readonly resource: Resource;
  /** The kind that it is on: of a template of pods `Pod`. */
  readonly kind: string;
  readonly name: string;
  readonly at: string;
}

/** All annotations of a resource, and of the pods that it makes. */
export function annotatedBy(resource: Resource): readonly Annotated[] {
  const list = (kind: string, path: string, names: Iterable<string>): readonly Annotated[] =>
    [...names]
      .filter(isMeshAnnotation)
      .map((name) => ({ resource, kind, name, at: `${path}[${JSON.stringify(name)}]` }));
  const own = list(resource.kind, 'metadata.annotations', resource.annotations.keys());
  const pods = podMetadataPath(resource);
  if (pods === undefined || pods === 'metadata') return own;
  const path = `${pods}.annotations`;
  return [...own, ...list('Pod', path, textsAt(resource, path).keys())];
}
