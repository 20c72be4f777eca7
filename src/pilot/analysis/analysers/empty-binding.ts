import type { Resource } from '../../../config/index.js';
import type { ServiceRef, SpecRef } from '../../kinds/service-ref.js';
import type { Analyser, Mistake } from '../analyser.js';
import type { AnalysedMesh } from '../mesh.js';

/** Quotas and API attributes that apply to nothing: bound to no service, or bindings of what is not there. */
export const emptyBinding: Analyser = {
  code: 'BINDING_EMPTY',
  severity: 'warning',
  name: 'empty-binding',
  find(mesh) {
    const quotas = mesh.list('QuotaSpecBinding').map((one) => ({ ...one, ...one.spec, specs: one.spec.quotaSpecs }));
    const apis = mesh.list('HTTPAPISpecBinding').map((one) => ({ ...one, ...one.spec, specs: one.spec.apiSpecs }));
    return [
      ...unboundSpecs(mesh.list('QuotaSpec'), quotas),
      ...unboundSpecs(mesh.list('HTTPAPISpec'), apis),
      ...missingSpecs(mesh, quotas, { kind: 'QuotaSpec', field: 'quotaSpecs' }),
      ...missingSpecs(mesh, apis, { kind: 'HTTPAPISpec', field: 'apiSpecs' }),
      ...[...quotas, ...apis].flatMap((binding) => missingServices(mesh, binding)),
    ];
  },
};

interface Bound {
  readonly resource: Resource;
  readonly namespace: string;
  readonly services: readonly ServiceRef[];
  readonly specs: readonly SpecRef[];
}

interface Named {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
}

function unboundSpecs(specs: readonly Named[], bindings: readonly Bound[]): readonly Mistake[] {
  const bound = new Set(
    bindings.flatMap((one) => one.specs.map((ref) => `${ref.namespace || one.namespace}/${ref.name}`)),
  );
  return specs.flatMap(({ namespace, name, resource }) => {
    if (bound.has(`${namespace}/${name}`)) return [];
    return [{ resource, at: 'metadata.name', message: 'has no effect: no binding names it' }];
  });
}

function missingSpecs(
  { resources }: AnalysedMesh,
  bindings: readonly Bound[],
  { kind, field }: { readonly kind: string; readonly field: string },
): readonly Mistake[] {
  const named = resources.filter((one) => one.kind === kind);
  const known = new Set(named.map(({ namespace, name }) => `${namespace}/${name}`));
  return bindings.flatMap(({ specs, namespace, resource }) =>
    specs.flatMap((ref, index) => {
      const key = `${ref.namespace || namespace}/${ref.name}`;
      if (known.has(key)) return [];
      return [{ resource, at: `spec.${field}[${index}].name`, message: `has no effect: there is no ${kind} "${key}"` }];
    }),
  );
}

function missingServices(mesh: AnalysedMesh, { services, namespace, resource }: Bound): readonly Mistake[] {
  const { domain } = mesh.model.mesh;
  return services.flatMap((ref, index) => {
    const { name, service } = ref;
    const isFull = service !== '' || name.includes('.');
    const host = isFull ? service || name : `${name}.${ref.namespace || namespace}.svc.${ref.domain || domain}`;
    if (host === '*' || !mesh.canJudge(host)) return [];
    const isThere = mesh.servicesOf(host.toLowerCase(), ref.namespace || namespace).length > 0;
    return isThere ? [] : [{ resource, at: `spec.services[${index}]`, message: `no service is called "${host}"` }];
  });
}
