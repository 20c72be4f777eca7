import type { SecureVersion } from 'node:tls';
import { type DownstreamTls, TlsVersion } from '../../../gen/fairlead/proxy/v1/tls.js';

/** How TLS is spoken, whatever the certificates. */
export interface TlsSettings {
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
  readonly ciphers?: string;
  /** In our order of preference. */
  readonly ALPNProtocols?: string[];
  readonly honorCipherOrder: true;
}

const versions: Readonly<Record<TlsVersion, SecureVersion | undefined>> = {
  [TlsVersion.TLS_AUTO]: undefined,
  [TlsVersion.TLSV1_0]: 'TLSv1',
  [TlsVersion.TLSV1_1]: 'TLSv1.1',
  [TlsVersion.TLSV1_2]: 'TLSv1.2',
  [TlsVersion.TLSV1_3]: 'TLSv1.3',
  [TlsVersion.UNRECOGNIZED]: undefined,
};
const httpAlpn = ['h2', 'http/1.1'];
// Not for users to choose in Envoy: a list of theirs is about TLS 1.2 and earlier.
const modernSuites = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';
// OpenSSL has put what TLS 1.0 and 1.1 need out of its usual reach.
const ofOld = '@SECLEVEL=0';

/** Since nobody should ask for less without saying so, TLS begins at 1.2. */
export function tlsSettingsOf(tls: DownstreamTls, isHttp: boolean): TlsSettings {
  const minVersion = versions[tls.minVersion] ?? 'TLSv1.2';
  const alpn = tls.alpn.length === 0 && isHttp ? httpAlpn : tls.alpn;
  const isOld = minVersion === 'TLSv1' || minVersion === 'TLSv1.1';
  // Envoy's groups of equals, `[a|b]`.
  const named = tls.cipherSuites.flatMap((suite) => suite.replace(/^\[|\]$/g, '').split('|'));
  const list = named.length === 0 ? 'DEFAULT' : named.join(':');
  return {
    minVersion,
    maxVersion: versions[tls.maxVersion] ?? 'TLSv1.3',
    honorCipherOrder: true,
    ...(named.length > 0 || isOld ? { ciphers: `${modernSuites}:${list}${isOld ? ofOld : ''}` } : {}),
    ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
  };
}
