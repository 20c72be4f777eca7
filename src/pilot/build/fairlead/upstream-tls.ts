import type { UpstreamTls } from '../../../gen/fairlead/proxy/v1/tls.js';
import type { ClientTls } from '../../kinds/traffic-policy.js';
import { clusterSni } from '../../model/naming.js';
import type { Target } from '../../model/proxy-view.js';
import { type Service, takesMutualTls } from '../../model/service.js';
import type { BuildContext, Certificates } from './options.js';

/** Where Istio puts the certificates of a workload. */
export const mountedCertificates: Certificates = Object.freeze({
  certificateFile: '/etc/certs/cert-chain.pem',
  privateKeyFile: '/etc/certs/key.pem',
  caFile: '/etc/certs/root-cert.pem',
});

/** How a cluster is called over TLS; undefined for plain connections (mesh.md 2.2). */
export function buildUpstreamTls(
  said: ClientTls | undefined,
  target: Target,
  context: BuildContext,
): UpstreamTls | undefined {
  const { view, options } = context;
  const tls = said ?? autoTls(target, context);
  if (tls === undefined || tls.mode === 'DISABLE') return undefined;
  const { subjectAltNames, sni, clientCertificate, privateKey, caCertificates } = tls;
  if (tls.mode === 'ISTIO_MUTUAL') {
    const { service, port, subset = '' } = target;
    const accounts = identities(service, view.mesh.trustDomain);
    return {
      ...(options.certificates ?? mountedCertificates),
      subjectAltNames: subjectAltNames.length > 0 ? [...subjectAltNames] : accounts,
      sni: sni || clusterSni({ direction: 'outbound', port: port.number, subset, host: service.hostname }),
      alpn: [],
    };
  }
  const isMutual = tls.mode === 'MUTUAL';
  return {
    certificateFile: isMutual ? clientCertificate : '',
    privateKeyFile: isMutual ? privateKey : '',
    caFile: caCertificates,
    subjectAltNames: [...subjectAltNames],
    sni,
    alpn: [],
  };
}

/** Where no rule says anything the mesh may: mutual TLS with services all of whose instances take it. */
function autoTls(target: Target, { view, options }: BuildContext): ClientTls | undefined {
  if (!view.mesh.enableAutoMtls || options.certificates === undefined || target.service.isExternal) return undefined;
  const own = view.endpoints(target).flatMap((group) => group.instances);
  // What runs nowhere yet will be like the rest of the service: clusters do not follow each instance.
  const instances = own.length > 0 ? own : view.instances(target.service);
  return instances.length > 0 && instances.every(takesMutualTls) ? mutual : undefined;
}

const mutual: ClientTls = Object.freeze({
  mode: 'ISTIO_MUTUAL',
  clientCertificate: '',
  privateKey: '',
  caCertificates: '',
  subjectAltNames: [],
  sni: '',
});

/** The names in the certificates of a service: what registries give in short is an account of its namespace. */
function identities({ serviceAccounts, namespace }: Service, trustDomain: string): string[] {
  const names = serviceAccounts.map((account) =>
    /^[a-z0-9-]+$/.test(account) ? `spiffe://${trustDomain}/ns/${namespace}/sa/${account}` : account,
  );
  return [...new Set(names)].sort();
}
