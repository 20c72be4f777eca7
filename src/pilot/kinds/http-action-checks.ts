import { STATUS_CODES } from 'node:http';
import { checkDuration } from './checks/number.js';
import { isDnsName } from './checks/host.js';
import type { Redirect, Retries, Rewrite } from './http-route.js';
import type { Findings } from './kind.js';

const redirectCodes = new Set([0, 301, 302, 303, 307, 308]);
const conditions = new Set([
  '5xx',
  'gateway-error',
  'reset',
  'connect-failure',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
]);

/** True for the code of a status that HTTP knows. */
export function isStatusCode(text: string): boolean {
  return /^\d{3}$/.test(text) && STATUS_CODES[text] !== undefined;
}

/** Wants a place to redirect to. */
export function checkRedirect(findings: Findings, path: string, { uri, authority, redirectCode }: Redirect): void {
  if (uri === '' && authority === '') findings.invalid(path, 'must have a uri or an authority');
  if (!redirectCodes.has(redirectCode)) {
    // The proxy's own configuration has no other codes; Pilot drops the route then (mesh.md 2.1.5).
    findings.warn(`${path}.redirectCode`, `${redirectCode} is no redirect: the rule is left out`);
  }
  checkAuthority(findings, `${path}.authority`, authority);
}

/** Wants something to rewrite. */
export function checkRewrite(findings: Findings, path: string, { uri, authority }: Rewrite): void {
  if (uri === '' && authority === '') findings.invalid(path, 'must have a uri or an authority');
  checkAuthority(findings, `${path}.authority`, authority);
}

/** Wants conditions that exist, and none where retries are off. */
export function checkRetries(findings: Findings, path: string, retries: Retries): void {
  const { attempts, perTryTimeout, retryOn } = retries;
  if (attempts < 0) findings.value(`${path}.attempts`, `must not be negative, but is ${attempts}`);
  if (attempts === 0 && (perTryTimeout !== undefined || retryOn !== '')) {
    findings.invalid(path, 'attempts is 0, which switches retries off: nothing else may be set');
  }
  checkDuration(findings, `${path}.perTryTimeout`, perTryTimeout);
  for (const token of retryOn === '' ? [] : retryOn.split(',').map((part) => part.trim())) {
    if (conditions.has(token) || isStatusCode(token)) continue;
    findings.value(`${path}.retryOn`, `${JSON.stringify(token)} is neither a condition nor a status`);
  }
}

function checkAuthority(findings: Findings, path: string, authority: string): void {
  const host = authority.replace(/:\d{1,5}$/, '').replace(/^\[(.*)\]$/, '$1');
  if (authority === '' || isDnsName(host) || host.includes(':')) return;
  findings.value(path, `must be a host, with a port or without, not ${JSON.stringify(authority)}`);
}
