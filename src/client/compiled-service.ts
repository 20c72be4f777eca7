import type { Value } from '../attributes/index.js';
import { encodeForwarded } from './attributes/forwarded.js';
import { type Direction, nodeAttributes, type NodeIdentity } from './attributes/node-identity.js';
import type { HttpClientConfig, ServiceConfig } from './client-config.js';
import { type ApiTagger, compileApiSpecs } from './specs/api-spec.js';
import { compileQuotaSpecs, type QuotaMatcher } from './specs/quota-spec.js';
import type { AttributeSet } from './transport.js';

/** All that is the same for every request to one service. */
export interface CompiledService {
  readonly isChecked: boolean;
  readonly isReported: boolean;
  /** What every request begins with. */
  readonly attributes: AttributeSet;
  /** The value of `x-istio-attributes`; undefined when nothing is forwarded. */
  readonly forwarded: string | undefined;
  readonly quotas: QuotaMatcher;
  readonly tag: ApiTagger;
}

/** The service of requests that are neither checked nor reported: what they forward is all there is. */
export const unknownService: ServiceConfig = { disableCheckCalls: true, disableReportCalls: true };

/** Which side a configuration is for: Pilot says so by an attribute. */
export function directionOf(mixerAttributes: AttributeSet | undefined): Direction {
  return mixerAttributes?.get('context.reporter.kind') === 'outbound' ? 'outbound' : 'inbound';
}

/** Lays the node's, the filter's and the service's attributes over each other, later ones winning (mesh.md 1.2). */
export function compileService(
  service: ServiceConfig,
  filter: HttpClientConfig,
  node: NodeIdentity | undefined,
): CompiledService {
  const direction = directionOf(filter.mixerAttributes);
  const ofNode = node === undefined ? [] : nodeAttributes(node, direction);
  const forwarded = new Map<string, Value>([
    ...(node === undefined || direction === 'inbound' ? [] : ([['source.uid', node.uid]] as const)),
    ...(filter.forwardAttributes ?? []),
    ...(service.forwardAttributes ?? []),
  ]);
  return {
    isChecked: service.disableCheckCalls !== true,
    isReported: service.disableReportCalls !== true,
    attributes: new Map([...ofNode, ...(filter.mixerAttributes ?? []), ...(service.mixerAttributes ?? [])]),
    forwarded: forwarded.size === 0 ? undefined : encodeForwarded(forwarded),
    quotas: compileQuotaSpecs(service.quotaSpecs ?? []),
    tag: compileApiSpecs(service.httpApiSpecs ?? []),
  };
}
