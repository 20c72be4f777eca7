import { isIP } from 'node:net';
import type { Findings } from '../kind.js';

const label = '[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?';
const dnsLabel = new RegExp(`^${label}$`);
const dnsName = new RegExp(`^${label}(?:\\.${label})*\\.?$`);
const wildcardName = new RegExp(`^\\*(?:-?${label})?(?:\\.${label})*\\.?$`);

/** True for a DNS label such as the name of a namespace or subset. */
export function isDnsLabel(text: string): boolean {
  return dnsLabel.test(text);
}

/** True for a DNS name, short or long, without a star. */
export function isDnsName(text: string): boolean {
  return text.length <= 255 && dnsName.test(text);
}

/** True for a DNS name whose first label is a star or begins with one, also the star alone. */
function isWildcardName(text: string): boolean {
  return text.length <= 255 && wildcardName.test(text);
}

/** Wants a DNS name, or one with a star in front. */
export function checkHost(findings: Findings, path: string, host: string): boolean {
  if (isDnsName(host) || isWildcardName(host)) return true;
  findings.value(path, `must be a DNS name, with a star at most as its first label, not ${JSON.stringify(host)}`);
  return false;
}

/** Wants a DNS name, one with a star in front, or an IP address. */
export function checkHostOrAddress(findings: Findings, path: string, host: string): boolean {
  if (isIP(host) > 0 || isDnsName(host) || isWildcardName(host)) return true;
  findings.value(path, `must be a DNS name, a wildcard or an IP address, not ${JSON.stringify(host)}`);
  return false;
}

/** Wants a DNS label: the name of a subset, a port or a namespace. */
export function checkLabel(findings: Findings, path: string, text: string): void {
  if (isDnsLabel(text)) return;
  findings.value(path, `must be letters, digits and dashes, not ${JSON.stringify(text)}`);
}

/** How the namespace in `namespace/host` may be given. */
export interface ScopedHostOptions {
  /** The namespace may be left out. */
  readonly optional: boolean;
  /** What may stand for a namespace beside a name. */
  readonly words: readonly string[];
}

/** Wants `namespace/host`. */
export function checkScopedHost(findings: Findings, path: string, given: { host: string } & ScopedHostOptions): void {
  const { host: text, optional, words } = given;
  const parts = text.split('/');
  if (parts.length > 2 || (parts.length === 1 && !optional)) {
    findings.value(path, `must be namespace/host, not ${JSON.stringify(text)}`);
    return;
  }
  const [host = ''] = parts.slice(-1);
  const namespace = parts.length === 2 ? (parts[0] ?? '') : undefined;
  if (namespace !== undefined && !words.includes(namespace) && !isDnsLabel(namespace)) {
    const known = words.map((word) => `"${word}"`).join(', ');
    findings.value(path, `the namespace must be ${known} or a name, not ${JSON.stringify(namespace)}`);
  }
  checkHost(findings, path, host);
}
