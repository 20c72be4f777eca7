import { HTTPFault } from '../../../gen/envoy/extensions/filters/http/fault/v3/fault.js';
import { Router } from '../../../gen/envoy/extensions/filters/http/router/v3/router.js';
import type { HttpFilter } from '../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.js';
import type { Protocol } from '../../kinds/protocols.js';

/** Where a listener takes requests. */
type Side = 'inbound' | 'outbound' | 'gateway';

/** What filters depend on. */
export interface FilterSite {
  readonly side: Side;
  /** What requests speak; undefined where there may be several. */
  readonly protocol: Protocol | undefined;
}

/** A step of a request. It applies where it answers a filter. */
type FilterStep = (site: FilterSite) => HttpFilter | undefined;

const isGrpcWeb: FilterStep = ({ protocol }) =>
  protocol === 'GRPC-Web' ? filter('grpc_web', 'GrpcWeb', new Uint8Array()) : undefined;

/**
 * The steps of a request in their order (mesh.md 3.3). What is to come later has its place here:
 * - who the caller is (`jwt_authn`, `istio_authn`), what it may do (`rbac`), health checks and Mixer's check: before all
 *   others, in this order, so that nothing is done for callers that may not call;
 * - gRPC-Web is made gRPC before routes' own filters see it;
 * - CORS answers browsers before faults befall their real requests;
 * - faults come right before the router, which ends the list.
 */
const filterSteps: readonly FilterStep[] = Object.freeze<FilterStep[]>([
  isGrpcWeb,
  () => filter('cors', 'Cors', new Uint8Array()),
  // Routes say what it does: without one of their own it does nothing.
  () => filter('fault', 'HTTPFault', HTTPFault.encode(HTTPFault.create()).finish()),
  () => filter('router', 'Router', Router.encode(Router.create()).finish()),
]);

/** The filters of a listener for HTTP. */
export function buildHttpFilters(site: FilterSite): HttpFilter[] {
  return filterSteps.flatMap((step) => step(site) ?? []);
}

function filter(name: string, type: string, value: Uint8Array): HttpFilter {
  return {
    name: `envoy.filters.http.${name}`,
    typedConfig: {
      typeUrl: `type.googleapis.com/envoy.extensions.filters.http.${name}.v3.${type}`,
      value: Buffer.from(value),
    },
    isOptional: false,
  };
}
