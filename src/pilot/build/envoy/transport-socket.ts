import type { DataSource, TransportSocket } from '../../../gen/envoy/config/core/v3/base.js';
import {
  CertificateValidationContext,
  type SubjectAltNameMatcher,
  SubjectAltNameMatcher_SanType as SanType,
  type TlsCertificate,
} from '../../../gen/envoy/extensions/transport_sockets/tls/v3/common.js';
import type { StringMatcher } from '../../../gen/envoy/type/matcher/v3/string.js';

const typePrefix = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.';

/** Wraps an encoded TLS context: for one side of connections or for the other. */
export function tlsSocket(type: 'UpstreamTlsContext' | 'DownstreamTlsContext', value: Uint8Array): TransportSocket {
  return {
    name: 'envoy.transport_sockets.tls',
    typedConfig: { typeUrl: `${typePrefix}${type}`, value: Buffer.from(value) },
  };
}

/** A certificate from files of the proxy's machine; none where there is no file. */
export function certificatesOf(certificateFile: string, privateKeyFile: string): TlsCertificate[] {
  if (certificateFile === '') return [];
  return [{ certificateChain: fileOf(certificateFile), privateKey: fileOf(privateKeyFile) }];
}

/** What the certificate of the other side has to be. */
export interface Validation {
  readonly caFile: string;
  readonly subjectAltNames: readonly string[];
  readonly hashes?: readonly string[];
  readonly keys?: readonly string[];
}

/** Says what is checked; undefined for nothing. */
export function validationOf({
  caFile,
  subjectAltNames,
  hashes = [],
  keys = [],
}: Validation): CertificateValidationContext | undefined {
  if (caFile === '' && hashes.length === 0 && keys.length === 0) return undefined;
  return CertificateValidationContext.create({
    trustedCa: caFile === '' ? undefined : fileOf(caFile),
    verifyCertificateHash: [...hashes],
    verifyCertificateSpki: [...keys],
    // Envoy takes names only where a CA vouches for them.
    matchTypedSubjectAltNames: caFile === '' ? [] : subjectAltNames.flatMap(nameMatchers),
  });
}

/** Configuration does not say of what type a name is; one with a scheme is a URI. */
function nameMatchers(name: string): SubjectAltNameMatcher[] {
  const matcher: StringMatcher = { exact: name, ignoreCase: false };
  if (name.includes('://')) return [{ sanType: SanType.URI, matcher }];
  return [SanType.DNS, SanType.EMAIL, SanType.IP_ADDRESS].map((sanType) => ({ sanType, matcher }));
}

function fileOf(filename: string): DataSource {
  return { filename };
}
