import { type Infer, s } from '../../util/schema.js';
import { type Kind, mixerClient } from './kind.js';
import { checkBinding, serviceRef, specRef } from './service-ref.js';

const schema = s.message({ services: s.list(serviceRef), apiSpecs: s.list(specRef) });
export type HttpApiSpecBinding = Infer<typeof schema>;

/** Which services an HTTPAPISpec describes. */
export const httpApiSpecBinding: Kind<HttpApiSpecBinding> = {
  kind: 'HTTPAPISpecBinding',
  ...mixerClient,
  schema,
  validate: ({ services, apiSpecs: specs }, findings) => checkBinding(findings, 'apiSpecs', { services, specs }),
};
