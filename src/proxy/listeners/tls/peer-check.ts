import { createHash, type X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { DownstreamTls } from '../../../gen/fairlead/proxy/v1/tls.js';
import { hasSubjectAltName, parseSubjectAltNames } from '../../upstream/subject-alt-names.js';
import type { ListenerStats } from '../listener-stats.js';

/** Counts a caller that is refused. */
type PeerProblem = keyof ListenerStats & `ssl.${string}`;

/** Says what is wrong with a caller's certificate, or undefined. */
export type PeerCheck = (socket: TLSSocket) => PeerProblem | undefined;

/**
 * Compiles what callers have to show; undefined when nothing is asked for.
 *
 * @throws Error when names are to be checked in certificates that anybody can make.
 */
export function compilePeerCheck(tls: DownstreamTls): PeerCheck | undefined {
  const { caFile, subjectAltNames } = tls;
  const spki = new Set(tls.verifyCertificateSpki);
  const hashes = new Set(tls.verifyCertificateHash.map((hash) => hash.replaceAll(':', '').toLowerCase()));
  const isPinned = spki.size + hashes.size > 0;
  if (caFile === '' && !isPinned) {
    if (subjectAltNames.length > 0) throw new Error('subject alternative names are checked, but no authority is given');
    return undefined;
  }
  const isNamed = (certificate: X509Certificate): boolean =>
    subjectAltNames.length === 0 || hasSubjectAltName(namesOf(certificate), subjectAltNames);
  return (socket) => {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return 'ssl.fail_verify_no_cert';
    if (caFile !== '' && !socket.authorized) return 'ssl.fail_verify_error';
    if (!isNamed(certificate)) return 'ssl.fail_verify_san';
    if (isPinned && !spki.has(spkiOf(certificate)) && !hashes.has(sha256(certificate.raw).toString('hex'))) {
      return 'ssl.fail_verify_cert_hash';
    }
    return undefined;
  };
}

/** The URIs among the subject alternative names. */
export function urisOf(certificate: X509Certificate): readonly string[] {
  return parseSubjectAltNames(certificate.subjectAltName ?? '')
    .filter(({ type }) => type === 'URI')
    .map(({ value }) => value);
}

function namesOf(certificate: X509Certificate): Parameters<typeof hasSubjectAltName>[0] {
  return { subjectaltname: certificate.subjectAltName } as Parameters<typeof hasSubjectAltName>[0];
}

function spkiOf(certificate: X509Certificate): string {
  return sha256(certificate.publicKey.export({ type: 'spki', format: 'der' })).toString('base64');
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
