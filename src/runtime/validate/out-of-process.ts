import { hasErrors } from '../../util/diagnostics.js';
import { adapterInfoSchema, templateInfoSchema } from '../kinds-schemas.js';
import { decode } from '../snapshot/decode.js';
import { diagnose } from '../snapshot/finding.js';
import type { ResourceRule } from './rule.js';

/**
 * Descriptions of out-of-process adapters and templates. A template alone harms nobody (its built-in namesake goes on
 * serving), so that one is an information; what cannot be decoded is reported for that instead.
 */
export const outOfProcess: ResourceRule = ({ resource, role }) => {
  if (role.role !== 'adapterInfo' && role.role !== 'templateInfo') return undefined;
  const isAdapter = role.role === 'adapterInfo';
  const { diagnostics } = isAdapter ? decode(resource, adapterInfoSchema) : decode(resource, templateInfoSchema);
  if (hasErrors(diagnostics)) return diagnostics.find(({ severity }) => severity === 'error');
  const what = isAdapter ? 'adapters' : 'templates';
  return diagnose(resource, {
    severity: isAdapter ? 'error' : 'info',
    code: 'NOT_SUPPORTED_YET',
    message: `out-of-process ${what} ('${resource.name}') are not supported yet`,
    at: 'kind',
    label: '',
  });
};
