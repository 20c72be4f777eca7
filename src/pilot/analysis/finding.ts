import type { Resource } from '../../config/index.js';
import { type Diagnostic, type Severity } from '../../util/diagnostics.js';

/** What analysis found. */
export interface Finding extends Diagnostic {
  /** Undefined for what is about a file. */
  readonly subject: Pick<Resource, 'kind' | 'name' | 'namespace'> | undefined;
}

const words: Readonly<Record<Severity, string>> = { error: 'Error', warning: 'Warning', info: 'Info' };

/** Renders `Error [IST0101] (VirtualService reviews.default bookinfo.yaml:12:5) text`, leaving out what is not known. */
export function formatFinding({ severity, code, subject, file, line, column, message }: Finding): string {
  const name = subject && `${subject.kind} ${subject.name}.${subject.namespace}`;
  const place = file === undefined ? undefined : [file, line, column].filter((part) => part !== undefined).join(':');
  const about = [name, place].filter((part) => part !== undefined).join(' ');
  return `${words[severity]} [${code}] ${about === '' ? '' : `(${about}) `}${message}`;
}

/** A finding as JSON has it. */
export function findingJson(finding: Finding): Readonly<Record<string, unknown>> {
  const { severity, code, subject, file, line, column, path, message } = finding;
  return { code, severity, ...subject, file, line, column, path, message };
}
