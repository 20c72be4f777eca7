import { diagnose } from '../snapshot/finding.js';
import type { ResourceRule } from './rule.js';

/** Kinds that other components read (QuotaSpec, Service, VirtualService and the like) are left alone, and told. */
export const foreignKinds: ResourceRule = ({ resource, role }) =>
  role.role === 'foreign'
    ? diagnose(resource, {
        severity: 'info',
        code: 'KIND_NOT_OURS',
        message: `kind '${resource.kind}' is not read by fairlead`,
        at: 'kind',
        label: '',
      })
    : undefined;
