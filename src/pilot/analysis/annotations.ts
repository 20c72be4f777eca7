/** Annotations of Istio, and of fairlead, by the kinds that they mean something on. */
export const annotationKinds: ReadonlyMap<string, readonly string[]> = new Map([
  ...on(['Pod'], 'sidecar.istio.io/', [
    ...['bootstrapOverride', 'componentLogLevel', 'controlPlaneAuthPolicy', 'discoveryAddress', 'enableCoreDump'],
    ...['inject', 'interceptionMode', 'logLevel', 'proxyCPU', 'proxyImage', 'proxyMemory', 'rewriteAppHTTPProbers'],
    ...['statsInclusionPrefixes', 'statsInclusionRegexps', 'statsInclusionSuffixes', 'status'],
    ...['userVolume', 'userVolumeMount'],
  ]),
  ...on(['Pod'], 'status.sidecar.istio.io/', ['port']),
  ...on(['Pod'], 'readiness.status.sidecar.istio.io/', [
    ...['applicationPorts', 'failureThreshold', 'initialDelaySeconds', 'periodSeconds'],
  ]),
  ...on(['Pod'], 'traffic.sidecar.istio.io/', [
    ...['excludeInboundPorts', 'excludeOutboundIPRanges', 'excludeOutboundPorts', 'includeInboundPorts'],
    ...['includeOutboundIPRanges', 'kubevirtInterfaces'],
  ]),
  ...on(['Pod'], 'policy.istio.io/', [
    'check',
    'checkBaseRetryWaitTime',
    'checkMaxRetryWaitTime',
    'checkRetries',
    'lang',
  ]),
  ...on(['Pod'], 'alpha.istio.io/', ['identity']),
  ...on(['Service'], 'alpha.istio.io/', ['canonical-serviceaccounts', 'kubernetes-serviceaccounts']),
  ...on(['Service'], 'networking.istio.io/', ['exportTo']),
  ...on(['DestinationRule'], 'fairlead.dev/', ['health-check']),
]);

function on(
  kinds: readonly string[],
  domain: string,
  names: readonly string[],
): readonly (readonly [name: string, kinds: readonly string[]])[] {
  return names.map((name) => [`${domain}${name}`, kinds]);
}

/** Whether an annotation's name says that it is meant for the mesh. */
export function isMeshAnnotation(name: string): boolean {
  const [domain = ''] = name.split('/');
  return domain === 'fairlead.dev' || domain === 'istio.io' || domain.endsWith('.istio.io');
}
