import { join } from 'node:path';
import { type DownstreamTls, TlsVersion } from '../../../gen/fairlead/proxy/v1/tls.js';
import type { ServerTls } from '../../kinds/gateway.js';
import { type BuildContext, type Certificates, leaveOut } from './options.js';
import { mountedCertificates } from './upstream-tls.js';

/** Mutual TLS with the certificates of a workload. */
export function mutualTls(certificates: Certificates): DownstreamTls {
  return {
    ...certificates,
    subjectAltNames: [],
    minVersion: TlsVersion.TLS_AUTO,
    maxVersion: TlsVersion.TLS_AUTO,
    cipherSuites: [],
    alpn: [],
    verifyCertificateSpki: [],
    verifyCertificateHash: [],
  };
}

/** How a server of a gateway ends TLS (mesh.md 2.3). Undefined when its certificates are nowhere to be found. */
export function buildDownstreamTls(tls: ServerTls, context: BuildContext): DownstreamTls | undefined {
  const files = filesOf(tls, context);
  if (files === undefined) return undefined;
  return {
    ...files,
    subjectAltNames: [...tls.subjectAltNames],
    minVersion: TlsVersion[tls.minProtocolVersion],
    maxVersion: TlsVersion[tls.maxProtocolVersion],
    cipherSuites: [...tls.cipherSuites],
    alpn: [],
    verifyCertificateSpki: [...tls.verifyCertificateSpki],
    verifyCertificateHash: [...tls.verifyCertificateHash],
  };
}

function filesOf(tls: ServerTls, context: BuildContext): Certificates | undefined {
  const { mode, credentialName: name } = tls;
  if (mode === 'ISTIO_MUTUAL') return context.options.certificates ?? mountedCertificates;
  const isMutual = mode === 'MUTUAL';
  if (name === '') {
    const { serverCertificate, privateKey, caCertificates } = tls;
    return {
      certificateFile: serverCertificate,
      privateKeyFile: privateKey,
      caFile: isMutual ? caCertificates : '',
    };
  }
  const { credentialDirectory: directory } = context.options;
  // It is a name and not a path: nothing else may be read by it.
  if (directory === undefined || !/^[\w.-]+$/.test(name) || name.startsWith('.')) {
    leaveOut(context, `there are no certificates for the credentialName "${name}"`);
    return undefined;
  }
  return {
    certificateFile: join(directory, name, 'tls.crt'),
    privateKeyFile: join(directory, name, 'tls.key'),
    caFile: isMutual ? join(directory, `${name}-cacert`, 'ca.crt') : '',
  };
}
