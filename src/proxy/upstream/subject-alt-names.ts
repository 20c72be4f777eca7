import type { PeerCertificate } from 'node:tls';

/**
 * True when a certificate has one of the names. URIs and addresses must be the same; a DNS name of the certificate may
 * begin with `*.`, which stands for one label.
 */
export function hasSubjectAltName(certificate: PeerCertificate, wanted: readonly string[]): boolean {
  return parseSubjectAltNames(certificate.subjectaltname ?? '').some(({ type, value }) =>
    wanted.some((name) => (type === 'DNS' ? matchesDnsName(value, name) : type !== '' && value === name)),
  );
}

interface AltName {
  readonly type: string;
  readonly value: string;
}

/** Reads Node's text. Values that could be taken for several are quoted there as JSON, and must not be split. */
export function parseSubjectAltNames(text: string): readonly AltName[] {
  const names: AltName[] = [];
  const entry = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/y;
  while (entry.lastIndex < text.length) {
    const found = entry.exec(text);
    if (found === null) return [];
    const [, type = '', value = ''] = found;
    names.push({ type: type === 'IP Address' ? 'IP' : type, value: unquote(value) });
  }
  return names;
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    // Not what Node writes: a name that nobody asks for.
    return '';
  }
}

function matchesDnsName(pattern: string, name: string): boolean {
  const [one, other] = [pattern.toLowerCase(), name.toLowerCase()];
  if (one === other) return true;
  if (!one.startsWith('*.')) return false;
  const dot = other.indexOf('.');
  return dot > 0 && other.slice(dot) === one.slice(1);
}
