import type { Resource } from '../../config/index.js';
import type { Severity } from '../../util/diagnostics.js';
import type { AnalysedMesh } from './mesh.js';

/** A mistake, and where it stands. */
export interface Mistake {
  readonly resource: Resource;
  /** As `spec.http[0].route[1]`, or `metadata.name`. */
  readonly at: string;
  readonly message: string;
}

/** Looks for one kind of mistake. Pure; never throws for what users wrote. */
export interface Analyser {
  /** Of the finding: one of Istio's, or one of our own. Several analysers may share one. */
  readonly code: string;
  readonly severity: Severity;
  /** Names its folder in the corpus. */
  readonly name: string;
  readonly find: (mesh: AnalysedMesh) => readonly Mistake[];
}

/** Names a resource in a message: `VirtualService 'reviews.default'`. */
export function quoteName({ kind, name, namespace }: Pick<Resource, 'kind' | 'name' | 'namespace'>): string {
  return `${kind} '${name}.${namespace}'`;
}
