import { type Infer, s } from '../../util/schema.js';
import { type Kind, mixerClient } from './kind.js';
import { checkBinding, serviceRef, specRef } from './service-ref.js';

const schema = s.message({ services: s.list(serviceRef), quotaSpecs: s.list(specRef) });
export type QuotaSpecBinding = Infer<typeof schema>;

/** Which services a QuotaSpec applies to. */
export const quotaSpecBinding: Kind<QuotaSpecBinding> = {
  kind: 'QuotaSpecBinding',
  ...mixerClient,
  schema,
  validate: ({ services, quotaSpecs: specs }, findings) => checkBinding(findings, 'quotaSpecs', { services, specs }),
};
