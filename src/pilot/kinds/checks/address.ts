import { isIP } from 'node:net';
import type { Findings } from '../kind.js';

/** True for an IP address followed by a slash and a length that it can have. */
export function isCidr(text: string): boolean {
  const [, address = '', bits = ''] = /^(.*)\/(\d{1,3})$/.exec(text) ?? [];
  const family = isIP(address);
  return family > 0 && Number(bits) <= (family === 4 ? 32 : 128);
}

/** Wants an IP address or a CIDR range. */
export function checkSubnet(findings: Findings, path: string, text: string): void {
  if (isIP(text) === 0 && !isCidr(text)) {
    findings.value(path, `must be an IP address or a CIDR range, not ${JSON.stringify(text)}`);
  }
}

/** Wants what a listener can be bound to: an IP address or a path of a socket; nothing is fine. */
export function checkBind(findings: Findings, path: string, bind: string): void {
  if (bind === '' || isIP(bind) > 0 || isSocketPath(bind)) return;
  findings.value(path, `must be an IP address or unix:///path, not ${JSON.stringify(bind)}`);
}

/** True for `unix://` and an absolute path, or a name in the abstract namespace. */
export function isSocketPath(text: string): boolean {
  return /^unix:\/\/[/@]./.test(text);
}
