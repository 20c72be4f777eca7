import type { TransportSocket } from '../../../gen/envoy/config/core/v3/base.js';
import {
  TlsParameters,
  TlsParameters_TlsProtocol as Version,
} from '../../../gen/envoy/extensions/transport_sockets/tls/v3/common.js';
import { DownstreamTlsContext } from '../../../gen/envoy/extensions/transport_sockets/tls/v3/tls.js';
import { type DownstreamTls, TlsVersion } from '../../../gen/fairlead/proxy/v1/tls.js';
import type { ServerTls } from '../../kinds/gateway.js';
import { buildDownstreamTls as planDownstreamTls, mutualTls } from '../fairlead/downstream-tls.js';
import { type BuildContext, leaveOut } from './context.js';
import type { Certificates } from '../fairlead/options.js';
import { certificatesOf, tlsSocket, validationOf } from './transport-socket.js';

/** What the TLS that ends here is for. */
export interface TlsUse {
  /** What is inside is HTTP. */
  readonly isHttp: boolean;
  /** Whose it is, for people. */
  readonly owner: string;
}

/** Mutual TLS with the certificates of a workload. */
export function buildMutualTls(certificates: Certificates, { isHttp }: Pick<TlsUse, 'isHttp'>): TransportSocket {
  return socketOf(mutualTls(certificates), { isHttp, isMutual: true, ciphers: [] });
}

/** How a server of a gateway ends TLS (mesh.md 2.3). Undefined when it cannot. */
export function buildDownstreamTls(
  tls: ServerTls,
  { isHttp, owner }: TlsUse,
  context: BuildContext,
): TransportSocket | undefined {
  const planned = planDownstreamTls(tls, context);
  if (planned === undefined) return undefined;
  const mistake = findMistake(planned);
  if (mistake !== undefined) {
    leaveOut(context, `${owner} cannot end TLS: ${mistake}`);
    return undefined;
  }
  const unknown = planned.cipherSuites.filter((name) => !cipherSuites.has(name));
  for (const name of unknown) leaveOut(context, `${owner}: Envoy has no cipher suite '${name}'`);
  const ciphers = planned.cipherSuites.filter((name) => cipherSuites.has(name));
  return socketOf(planned, { isHttp, isMutual: tls.mode === 'MUTUAL' || tls.mode === 'ISTIO_MUTUAL', ciphers });
}

/** What Envoy would refuse; what callers must be is never left out silently. */
function findMistake({
  verifyCertificateHash: hashes,
  verifyCertificateSpki: keys,
}: DownstreamTls): string | undefined {
  const hash = hashes.find((one) => !/^(?:[\da-f]{64}|[\da-f]{2}(?::[\da-f]{2}){31})$/i.test(one));
  if (hash !== undefined) return `verifyCertificateHash '${hash}' is no SHA-256`;
  const key = keys.find((one) => !/^[\w+/]{43}=$/.test(one));
  return key === undefined ? undefined : `verifyCertificateSpki '${key}' is no SHA-256 in base64`;
}

function socketOf(
  tls: DownstreamTls,
  { isHttp, isMutual, ciphers }: { readonly isHttp: boolean; readonly isMutual: boolean; readonly ciphers: string[] },
): TransportSocket {
  const { certificateFile, privateKeyFile, caFile, subjectAltNames, minVersion, maxVersion } = tls;
  const { verifyCertificateHash: hashes, verifyCertificateSpki: keys } = tls;
  const value = DownstreamTlsContext.encode({
    commonTlsContext: {
      tlsParams: TlsParameters.create({
        tlsMinimumProtocolVersion: versions[minVersion],
        tlsMaximumProtocolVersion: versions[maxVersion],
        cipherSuites: ciphers,
      }),
      tlsCertificates: certificatesOf(certificateFile, privateKeyFile),
      validationContext: isMutual ? validationOf({ caFile, subjectAltNames, hashes, keys }) : undefined,
      alpnProtocols: isHttp ? ['h2', 'http/1.1'] : [],
    },
    requireClientCertificate: isMutual,
  }).finish();
  return tlsSocket('DownstreamTlsContext', value);
}

const versions: Readonly<Record<TlsVersion, Version>> = {
  [TlsVersion.TLS_AUTO]: Version.TLS_AUTO,
  [TlsVersion.TLSV1_0]: Version.TLSv1_0,
  [TlsVersion.TLSV1_1]: Version.TLSv1_1,
  [TlsVersion.TLSV1_2]: Version.TLSv1_2,
  [TlsVersion.TLSV1_3]: Version.TLSv1_3,
  [TlsVersion.UNRECOGNIZED]: Version.TLS_AUTO,
};

/** What Envoy knows: it refuses a listener for any other one. */
const cipherSuites: ReadonlySet<string> = new Set([
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ...['ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ...['ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA', 'ECDHE-RSA-AES256-SHA'],
  ...['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'AES128-SHA', 'AES256-SHA'],
]);
