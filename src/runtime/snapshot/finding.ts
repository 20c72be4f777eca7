import type { Resource } from '../../config/index.js';
import type { Diagnostic, Severity } from '../../util/diagnostics.js';

/** Where a finding is: a YAML path such as `spec.actions[0].handler`, and how messages call it if not the same. */
export interface Spot {
  readonly at: string;
  readonly label?: string;
  /** Characters into the value, where the value is written in one line and without escapes. */
  readonly offset?: number;
}

/** What was found. */
export interface Finding extends Spot {
  readonly code: string;
  readonly message: string;
  /** `error` when left out. */
  readonly severity?: Severity;
}

/** Makes a diagnostic about a resource, at the position of the path in its file. */
export function diagnose(resource: Resource, finding: Finding): Diagnostic {
  const { file, line, column } = resource.position(finding.at, finding.offset);
  return {
    severity: finding.severity ?? 'error',
    code: finding.code,
    message: finding.message,
    path: describePlace(resource, finding.label ?? finding.at),
    file,
    line,
    column,
  };
}

/** Names a place in a resource for people: `rule 'deny.default' actions[0].handler`. */
export function describePlace({ kind, name, namespace }: Resource, path: string): string {
  const where = path.replace(/^spec\.?/, '');
  return `${kind} '${name}.${namespace}'${where === '' ? '' : ` ${where}`}`;
}
