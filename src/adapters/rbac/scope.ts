import type { OwnResource } from 'fairlead/sdk';
import type { RbacResources, RbacScope } from './kinds.js';

/** What is protected, and whether in earnest. */
export interface Scope {
  /** True when nothing is protected at all. */
  readonly off: boolean;
  covers(namespace: string, service: string): boolean;
  /** True when nothing is denied and everything told. */
  readonly permissive: boolean;
}

/**
 * The resource that says what is protected: a ClusterRbacConfig named `default`; without one the RbacConfig named
 * `default` in `istio-system`.
 */
export function findScope(resources: RbacResources): OwnResource<RbacScope> | undefined {
  return (
    resources.ClusterRbacConfig.find(({ name }) => name === 'default') ??
    resources.RbacConfig.find(({ name, namespace }) => name === 'default' && namespace === 'istio-system')
  );
}

/** Reads what is protected. Without any such resource everything is, as it was with Mixer's adapter, which read none. */
export function createScope(resources: RbacResources): Scope {
  const { mode, inclusion, exclusion, enforcementMode } = findScope(resources)?.spec ?? everything;
  const rest = { off: mode === 'OFF', permissive: enforcementMode === 'PERMISSIVE' };
  switch (mode) {
    case 'OFF':
      return { covers: () => false, ...rest };
    case 'ON':
      return { covers: () => true, ...rest };
    case 'ON_WITH_INCLUSION':
      return { covers: createTarget(inclusion), ...rest };
    case 'ON_WITH_EXCLUSION': {
      const isExcepted = createTarget(exclusion);
      return { covers: (namespace, service) => !isExcepted(namespace, service), ...rest };
    }
  }
}

const nothing: RbacScope['inclusion'] = { services: [], namespaces: [] };
const everything: RbacScope = { mode: 'ON', inclusion: nothing, exclusion: nothing, enforcementMode: 'ENFORCED' };

function createTarget({ services, namespaces }: RbacScope['inclusion']): Scope['covers'] {
  const [serviceSet, namespaceSet] = [new Set(services), new Set(namespaces)];
  return (namespace, service) => serviceSet.has(service) || namespaceSet.has(namespace);
}
