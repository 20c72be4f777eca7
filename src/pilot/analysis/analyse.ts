import type { LoadResult, Resource } from '../../config/index.js';
import { compareDiagnostics } from '../../util/diagnostics.js';
import { diagnose } from '../kinds/decode-config.js';
import type { Analyser } from './analyser.js';
import { analysers } from './analysers/index.js';
import type { Finding } from './finding.js';
import { type AnalysedMesh, type AnalysisSource, readMesh } from './mesh.js';
import { schemaFindings } from './schema-findings.js';

/** Finds all that is wrong with a mesh, by place. */
export function analyseMesh(source: AnalysisSource, list: readonly Analyser[] = analysers): readonly Finding[] {
  const mesh = readMesh(source);
  const findings = [
    ...fileFindings(source.loaded),
    ...schemaFindings(mesh),
    ...list.flatMap((analyser) => runAnalyser(analyser, mesh)),
  ];
  return findings.sort(compareDiagnostics);
}

function fileFindings({ diagnostics }: LoadResult): readonly Finding[] {
  return diagnostics.map((one) => ({ ...one, subject: undefined }));
}

function runAnalyser({ code, severity, name, find }: Analyser, mesh: AnalysedMesh): readonly Finding[] {
  try {
    return find(mesh).map(({ resource, at, message }) => ({
      ...diagnose(resource, at, { severity, code, message }),
      subject: subjectOf(resource),
    }));
  } catch (error) {
    // One analyser's mistake must not hide what the others found.
    const message = `the analyser "${name}" failed: ${String(error)}`;
    return [{ severity: 'error', code: 'IST0001', message, subject: undefined }];
  }
}

/** What a finding is about. */
function subjectOf({ kind, name, namespace }: Resource): NonNullable<Finding['subject']> {
  return { kind, name, namespace };
}
