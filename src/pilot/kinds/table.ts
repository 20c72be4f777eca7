import { type DestinationRule, destinationRule } from './destination-rule.js';
import { type Gateway, gateway } from './gateway.js';
import { type HttpApiSpecBinding, httpApiSpecBinding } from './http-api-spec-binding.js';
import { type HttpApiSpec, httpApiSpec } from './http-api-spec.js';
import type { Kind } from './kind.js';
import { type MeshConfig, meshConfig } from './mesh-config.js';
import { type QuotaSpecBinding, quotaSpecBinding } from './quota-spec-binding.js';
import { type QuotaSpec, quotaSpec } from './quota-spec.js';
import { type ServiceEntry, serviceEntry } from './service-entry.js';
import { type Services, services } from './services.js';
import { type Sidecar, sidecar } from './sidecar.js';
import { type VirtualService, virtualService } from './virtual-service.js';

/** What the specs of the kinds decode to. */
export interface Specs {
  readonly VirtualService: VirtualService;
  readonly DestinationRule: DestinationRule;
  readonly Gateway: Gateway;
  readonly ServiceEntry: ServiceEntry;
  readonly Sidecar: Sidecar;
  readonly QuotaSpec: QuotaSpec;
  readonly QuotaSpecBinding: QuotaSpecBinding;
  readonly HTTPAPISpec: HttpApiSpec;
  readonly HTTPAPISpecBinding: HttpApiSpecBinding;
  readonly MeshConfig: MeshConfig;
  readonly Services: Services;
}

/** The name of a kind that Pilot reads. */
export type KindName = keyof Specs;

/** All kinds that Pilot reads. */
export const kinds: { readonly [K in KindName]: Kind<Specs[K]> } = Object.freeze({
  VirtualService: virtualService,
  DestinationRule: destinationRule,
  Gateway: gateway,
  ServiceEntry: serviceEntry,
  Sidecar: sidecar,
  QuotaSpec: quotaSpec,
  QuotaSpecBinding: quotaSpecBinding,
  HTTPAPISpec: httpApiSpec,
  HTTPAPISpecBinding: httpApiSpecBinding,
  MeshConfig: meshConfig,
  Services: services,
});
