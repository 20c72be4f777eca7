import type { Diagnostic } from '../../util/diagnostics.js';
import { diagnose } from '../kinds/decode-config.js';
import type { DestinationRule, Subset } from '../kinds/destination-rule.js';
import { compareHosts, isSubsetOf } from '../kinds/host-name.js';
import type { Config } from '../kinds/kind.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import type { TrafficPolicy } from '../kinds/traffic-policy.js';
import { expandHost } from './expand.js';
import type { Service } from './service.js';
import { isPublic } from './visibility.js';

/** All DestinationRules of one namespace for one host, as one. */
export interface MergedRule {
  readonly host: string;
  readonly subsets: ReadonlyMap<string, Subset>;
  readonly trafficPolicy: TrafficPolicy | undefined;
  /** The rules it is made of, the oldest first. */
  readonly configs: readonly Config<DestinationRule>[];
}

/** Finds the rule for a service as proxies of a namespace call it. */
export interface DestinationRules {
  ruleFor(service: Service, namespace: string): MergedRule | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Rules by host; hosts with the more specific first. */
interface Pool {
  readonly rules: ReadonlyMap<string, MergedRule>;
  readonly wildcards: readonly string[];
}

const empty: Pool = { rules: new Map(), wildcards: [] };

/**
 * Sorts DestinationRules into pools: of each namespace all of its own, and those that others see too. A proxy takes
 * the rule from its own namespace, else from the service's, else from the root namespace (mesh.md 2.2).
 */
export function indexDestinationRules(configs: readonly Config<DestinationRule>[], mesh: MeshConfig): DestinationRules {
  const diagnostics: Diagnostic[] = [];
  const own = new Map<string, Pool>();
  const exported = new Map<string, Pool>();
  for (const [namespace, list] of groupBy(configs, (config) => config.namespace)) {
    own.set(namespace, createPool(list, mesh, diagnostics));
    const open = list.filter(({ spec }) => isPublic(spec.exportTo, mesh.defaultDestinationRuleExportTo));
    exported.set(namespace, createPool(open, mesh, []));
  }
  const { rootNamespace } = mesh;
  return {
    diagnostics,
    ruleFor: ({ hostname, namespace: its }, namespace) =>
      (namespace === rootNamespace ? undefined : findRule(own.get(namespace), hostname)) ??
      findRule(exported.get(its), hostname) ??
      findRule(exported.get(rootNamespace), hostname),
  };
}

function findRule(pool: Pool = empty, hostname: string): MergedRule | undefined {
  const exact = pool.rules.get(hostname);
  if (exact !== undefined) return exact;
  const wildcard = pool.wildcards.find((host) => isSubsetOf(hostname, host));
  return wildcard === undefined ? undefined : pool.rules.get(wildcard);
}

function createPool(configs: readonly Config<DestinationRule>[], mesh: MeshConfig, diagnostics: Diagnostic[]): Pool {
  const rules = new Map<string, MergedRule>();
  const hostOf = ({ spec, namespace }: Config<DestinationRule>): string =>
    expandHost(spec.host, { namespace, domain: mesh.domain });
  for (const [host, list] of groupBy(configs, hostOf)) rules.set(host, mergeRules(host, list, diagnostics));
  const wildcards = [...rules.keys()].filter((host) => host.startsWith('*')).sort(compareHosts);
  return { rules, wildcards };
}

/** Subsets add up, the first one of a name counts; and the first policy counts. */
function mergeRules(host: string, configs: readonly Config<DestinationRule>[], diagnostics: Diagnostic[]): MergedRule {
  const subsets = new Map<string, Subset>();
  const owners = new Map<string, Config<DestinationRule>>();
  const warn = (config: Config<DestinationRule>, path: string, message: string): void => {
    diagnostics.push(diagnose(config.resource, path, { severity: 'warning', code: 'CONFIG_INVALID', message }));
  };
  let trafficPolicy: TrafficPolicy | undefined;
  for (const config of configs) {
    for (const [index, subset] of config.spec.subsets.entries()) {
      const owner = owners.get(subset.name);
      if (owner === undefined) {
        owners.set(subset.name, config);
        subsets.set(subset.name, subset);
      } else if (owner !== config) {
        const message = `has no effect: DestinationRule '${owner.name}.${owner.namespace}' has a subset of this name`;
        warn(config, `spec.subsets[${index}].name`, message);
      }
    }
    if (trafficPolicy !== undefined && config.spec.trafficPolicy !== undefined) {
      const message = `has no effect: an older DestinationRule for ${host} has a policy`;
      warn(config, 'spec.trafficPolicy', message);
    }
    trafficPolicy ??= config.spec.trafficPolicy;
  }
  return Object.freeze({ host, subsets, trafficPolicy, configs });
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
