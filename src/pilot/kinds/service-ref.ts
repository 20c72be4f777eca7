import { type Infer, s } from '../../util/schema.js';
import { checkHost, checkLabel } from './checks/host.js';
import { textMap } from './fields.js';
import type { Findings } from './kind.js';

/** A service as bindings of Mixer's client name it. */
export const serviceRef = s.message({
  name: s.string('', "The service's short name."),
  namespace: s.string('', "The binding's when left out."),
  domain: s.string(),
  service: s.string('', 'The whole host in place of the others; * for all services.'),
  labels: textMap('Have no effect.'),
});
export type ServiceRef = Infer<typeof serviceRef>;

/** A reference to a spec. */
export const specRef = s.message({ name: s.string(), namespace: s.string('', "The binding's when left out.") });
export type SpecRef = Infer<typeof specRef>;

/** Finds what is wrong with a binding: services and specs are wanted, each with a name. */
export function checkBinding(
  findings: Findings,
  specsField: string,
  { services, specs }: { readonly services: readonly ServiceRef[]; readonly specs: readonly SpecRef[] },
): void {
  if (services.length === 0) findings.invalid('services', 'must have an entry');
  for (const [index, ref] of services.entries()) checkServiceRef(findings, `services[${index}]`, ref);
  if (specs.length === 0) findings.invalid(specsField, 'must have an entry');
  for (const [index, { name, namespace }] of specs.entries()) {
    if (name === '') findings.invalid(`${specsField}[${index}].name`, 'must be set');
    if (namespace !== '') checkLabel(findings, `${specsField}[${index}].namespace`, namespace);
  }
}

function checkServiceRef(findings: Findings, path: string, ref: ServiceRef): void {
  const { name, namespace, domain, service } = ref;
  if (name === '' && service === '') findings.invalid(path, 'must have a name or a service');
  if (service !== '') {
    checkHost(findings, `${path}.service`, service);
    for (const [field, value] of Object.entries({ name, namespace, domain })) {
      if (value !== '') findings.invalid(`${path}.${field}`, `${field} and service exclude each other`);
    }
    return;
  }
  if (name !== '') checkHost(findings, `${path}.name`, name);
  if (namespace !== '') checkLabel(findings, `${path}.namespace`, namespace);
  if (domain !== '') checkHost(findings, `${path}.domain`, domain);
}
