import { binarySignature, parseBinaryHeader } from './proxy-header-v2.js';
import type { ProxyHeader } from './proxy-header-type.js';
import { parseTextHeader, textSignature } from './proxy-header-v1.js';
import { bad, more, type Verdict } from './verdict.js';

/** Reads a header of the PROXY protocol, version 1 or 2. There must be one. */
export function parseProxyHeader(bytes: Buffer): Verdict<ProxyHeader> {
  if (bytes.length === 0) return more(1);
  for (const [signature, parse] of versions) {
    const known = Math.min(bytes.length, signature.length);
    if (bytes.compare(signature, 0, known, 0, known) !== 0) continue;
    return known < signature.length ? more(known + 1) : parse(bytes);
  }
  return bad('no PROXY header');
}

const versions = [
  [textSignature, parseTextHeader],
  [binarySignature, parseBinaryHeader],
] as const;
