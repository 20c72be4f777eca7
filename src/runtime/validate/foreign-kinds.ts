import { type Resource, suggest } from '../../config/index.js';
import { diagnose } from '../snapshot/finding.js';
import type { ResourceRule } from './rule.js';

/** The kinds that Pilot reads, by the group of their `apiVersion`. It judges them itself. */
export const kindsOfPilot: ReadonlyMap<string, readonly string[]> = new Map([
  ['networking.istio.io', ['DestinationRule', 'Gateway', 'ServiceEntry', 'Sidecar', 'VirtualService']],
  ['config.istio.io', ['HTTPAPISpec', 'HTTPAPISpecBinding', 'QuotaSpec', 'QuotaSpecBinding']],
  ['fairlead.dev', ['MeshConfig', 'Services']],
]);

/** Kinds that nothing here reads (Service, Deployment and the like) are left alone, and told. */
export const foreignKinds: ResourceRule = ({ resource, role }, kinds) => {
  if (role.role !== 'foreign' || isOfPilot(resource)) return undefined;
  // Under a group whose kinds are read, an unknown kind is most likely one of them, misspelt.
  const [group = ''] = resource.apiVersion.split('/');
  const ours = group === 'config.istio.io' ? kinds.names : [];
  const meant = suggest(resource.kind, [...ours, ...(kindsOfPilot.get(group) ?? [])]);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  const message = `kind '${resource.kind}' is not read by fairlead${hint}`;
  return diagnose(resource, { severity: 'info', code: 'KIND_NOT_OURS', message, at: 'kind', label: '' });
};

/** Without an `apiVersion` the kind alone tells. */
function isOfPilot({ kind, apiVersion }: Resource): boolean {
  const [group = ''] = apiVersion.split('/');
  if (group !== '') return kindsOfPilot.get(group)?.includes(kind) === true;
  return [...kindsOfPilot.values()].some((names) => names.includes(kind));
}
