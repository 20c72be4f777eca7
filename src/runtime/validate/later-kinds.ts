import { diagnose } from '../snapshot/finding.js';
import { unknownAdapter } from '../snapshot/handler-configs.js';
import type { ResourceRule } from './rule.js';

/** Legacy kinds of adapters and templates that Mixer had and this version does not. */
export const laterKinds: ResourceRule = ({ resource, role }, kinds) => {
  if (role.role === 'laterHandler') return unknownAdapter(resource, resource.kind, { at: 'kind', kinds });
  if (role.role !== 'laterInstance') return undefined;
  const message = `template '${resource.kind}' is not in this version`;
  return diagnose(resource, { code: 'UNKNOWN_TEMPLATE', message, at: 'kind', label: '' });
};
