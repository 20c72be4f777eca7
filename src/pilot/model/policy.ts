import type { PolicySettings, TrafficPolicy } from '../kinds/traffic-policy.js';
import type { MergedRule } from './destination-rules.js';

const parts = ['loadBalancer', 'connectionPool', 'outlierDetection', 'tls'] as const;

/**
 * What a rule says about a port of a service or of a subset: the subset's parts stand over the rule's, and what a
 * policy says about a port stands in place of all it says about the others (mesh.md 2.2).
 */
export function policyOf(rule: MergedRule | undefined, port: number, subset = ''): PolicySettings {
  const general = settingsAt(rule?.trafficPolicy, port);
  const special = settingsAt(rule?.subsets.get(subset)?.trafficPolicy, port);
  const settings: Record<string, unknown> = {};
  for (const part of parts) settings[part] = special?.[part] ?? general?.[part];
  return settings as unknown as PolicySettings;
}

function settingsAt(policy: TrafficPolicy | undefined, port: number): PolicySettings | undefined {
  return policy?.portLevelSettings.find((one) => one.port?.number === port) ?? policy;
}
