/** How much a diagnostic weighs: an `error` drops something, a `warning` keeps it, an `info` only tells. */
export type Severity = 'error' | 'warning' | 'info';

/** A place in a configuration file. Lines and columns count from 1; a column counts UTF-16 code units. */
export interface Position {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** One finding about a user's input. `code` is stable and listed in docs/reference/errors.md; the message is not. */
export interface Diagnostic extends Position {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  /** What it is about, for example `rule 'deny.default' match` or `handler 'h.default' params.overrides[1]`. */
  readonly path?: string | undefined;
}

const weight: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** Orders by file, line, column, severity and code, so that the same input always reads the same. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.file ?? '', b.file ?? '') ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0) ||
    weight[a.severity] - weight[b.severity] ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Renders `file:line:column: severity CODE: message (path)`, leaving out what is not known. */
export function formatDiagnostic(d: Diagnostic): string {
  const place = [d.file, d.line, d.column].filter((part) => part !== undefined).join(':');
  const prefix = place === '' ? '' : `${place}: `;
  const suffix = d.path === undefined ? '' : ` (${d.path})`;
  return `${prefix}${d.severity} ${d.code}: ${d.message}${suffix}`;
}

/** True when anything in the list is an error. */
export function hasErrors(list: readonly Diagnostic[]): boolean {
  return list.some((d) => d.severity === 'error');
}

/** Counts by severity: `1 error, 0 warnings, 2 notes`. */
export function summarizeDiagnostics(list: readonly Diagnostic[]): string {
  const count = (severity: Severity): number => list.filter((d) => d.severity === severity).length;
  return [plural(count('error'), 'error'), plural(count('warning'), 'warning'), plural(count('info'), 'note')].join(
    ', ',
  );
}

/** A number of things: `1 handler`, `2 handlers`. */
export function plural(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
