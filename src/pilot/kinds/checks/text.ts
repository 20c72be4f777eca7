import { RE2JS } from 're2js';
import type { StringMatch } from '../fields.js';
import type { Findings } from '../kind.js';
import { forEach, forEntries } from './path.js';

/** What Envoy compiles at most (mesh.md 2.1.2). */
const MAX_PROGRAM = 1024;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/;
const labelKey = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;

/** Wants a regular expression that runs in linear time and is not too large. */
export function checkRegex(findings: Findings, path: string, regex: string): void {
  let size: number;
  try {
    size = RE2JS.compile(regex).programSize();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    findings.value(path, `is not a regular expression of RE2: ${reason}`);
    return;
  }
  if (size > MAX_PROGRAM) findings.value(path, `is too large a regular expression: ${size} steps of ${MAX_PROGRAM}`);
}

/** Wants a match whose regular expression, if it is one, compiles. */
export function checkMatch(findings: Findings, path: string, match: StringMatch | undefined): void {
  if (match?.regex !== undefined) checkRegex(findings, `${path}.regex`, match.regex);
}

/** Wants the name of a header. Pseudo headers are names too. */
export function checkHeaderName(findings: Findings, path: string, name: string): void {
  if (token.test(name.replace(/^:/, ''))) return;
  findings.value(path, `must be the name of a header, not ${JSON.stringify(name)}`);
}

/** Wants the names of headers. */
export function checkHeaderNames(findings: Findings, path: string, names: readonly string[]): void {
  forEach(path, names, (where, name) => checkHeaderName(findings, where, name));
}

/** Wants a token of HTTP, such as a method. */
export function checkMethod(findings: Findings, path: string, method: string): void {
  if (!token.test(method)) findings.value(path, `must be a method of HTTP, not ${JSON.stringify(method)}`);
}

/** Wants labels as Kubernetes has them. */
export function checkLabels(findings: Findings, path: string, labels: ReadonlyMap<string, string>): void {
  forEntries(path, labels, (where, key, value) => {
    if (!labelKey.test(key)) findings.value(where, `must be the key of a label, not ${JSON.stringify(key)}`);
    if (!labelValue.test(value)) findings.value(where, `must be the value of a label, not ${JSON.stringify(value)}`);
  });
}

/** Wants at most one of "." and "*". */
export function checkExportTo(findings: Findings, path: string, exportTo: readonly string[]): void {
  if (exportTo.length > 1) findings.invalid(path, 'takes one entry only');
  forEach(path, exportTo, (where, one) => {
    if (one !== '.' && one !== '*') findings.value(where, `must be "." or "*", not ${JSON.stringify(one)}`);
  });
}
