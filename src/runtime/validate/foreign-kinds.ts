import { suggest } from '../../config/index.js';
import { diagnose } from '../snapshot/finding.js';
import type { ResourceRule } from './rule.js';

/** Kinds that other components read (QuotaSpec, Service, VirtualService and the like) are left alone, and told. */
export const foreignKinds: ResourceRule = ({ resource, role }, kinds) => {
  if (role.role !== 'foreign') return undefined;
  // Under Mixer's own group an unknown kind is most likely one of ours, misspelt.
  const meant = resource.apiVersion.startsWith('config.istio.io/') ? suggest(resource.kind, kinds.names) : undefined;
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  const message = `kind '${resource.kind}' is not read by fairlead${hint}`;
  return diagnose(resource, { severity: 'info', code: 'KIND_NOT_OURS', message, at: 'kind', label: '' });
};
