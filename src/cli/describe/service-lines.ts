import {
  type AnalysedMesh,
  describeService,
  type Finding,
  formatFinding,
  isInSubset,
  type ServiceDescription,
  type Workload,
} from '../../pilot/index.js';
import { plural } from '../../util/diagnostics.js';
import { rulesFor } from './mixer-rules.js';

/** What lines are written of. */
export interface Describing {
  readonly mesh: AnalysedMesh;
  readonly findings: readonly Finding[];
  /** The namespace whose rules of Mixer apply to all. */
  readonly rulesNamespace: string;
  /** Where one pod of the service is described. */
  readonly workload?: Workload | undefined;
}

interface Named {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** Describes a service: a heading for each thing that applies to it, details below. */
export function serviceLines(service: ServiceDescription['service'], describing: Describing): readonly string[] {
  const description = describeService(describing.mesh, service);
  const { hostname, name, namespace, ports, resolution } = service;
  return [
    `Service: ${name === hostname ? name : `${name}.${namespace}`} (${hostname})`,
    ...ports.map((port) => `   Port: ${port.name} ${port.number}/${port.protocol}`),
    ...(resolution === 'LISTED' ? [`   Instances: ${description.instances}`] : [`   Found by: ${resolution}`]),
    ...destinationRuleLines(description, describing.workload),
    ...description.routedBy.flatMap(({ config, gateways, rules }) => [
      `VirtualService: ${fullName(config)} (${gateways.join(', ')})`,
      ...rules.map((rule) => `   ${rule}`),
    ]),
    ...description.sentBy.map((config) => `VirtualService: ${fullName(config)}, for other hosts, sends traffic to it`),
    ...description.gateways.map((config) => `Gateway: ${fullName(config)}`),
    ...description.quotaSpecs.map((config) => `QuotaSpec: ${fullName(config)}`),
    ...description.apiSpecs.map((config) => `HTTPAPISpec: ${fullName(config)}`),
    ...ruleLines(description, describing),
    ...findingLines(description, describing.findings),
  ];
}

function destinationRuleLines(
  { destinationRules, policy, subsets }: ServiceDescription,
  workload: Workload | undefined,
): readonly string[] {
  if (destinationRules.length === 0) return [];
  return [
    `DestinationRule: ${destinationRules.map(fullName).join(', ')}`,
    ...policy.map((line) => `   Policy for ${line}`),
    ...subsets.map(({ name, labels, instances }) => {
      const isOther = workload !== undefined && !isInSubset(workload, labels);
      return `   Subset: ${name} (${labelText(labels)}), ${plural(instances, 'instance')}${isOther ? ', not this one' : ''}`;
    }),
  ];
}

function ruleLines({ service }: ServiceDescription, { mesh, rulesNamespace, workload }: Describing): readonly string[] {
  const { hostname, name, namespace } = service;
  const labels = Array.from(workload?.labels ?? [], ([key, value]) => [`destination.labels[${key}]`, value] as const);
  const known = new Map([
    ...labels,
    ['context.reporter.kind', 'inbound'],
    ['destination.namespace', namespace],
    ['destination.service', hostname],
    ['destination.service.host', hostname],
    ['destination.service.name', name],
    ['destination.service.namespace', namespace],
  ]);
  const rules = rulesFor(mesh.resources, { namespaces: [namespace, rulesNamespace], known });
  return rules.map(({ resource, match, truth }) => {
    const when = truth === 'always' ? 'for all its requests' : `when ${match.replace(/\s+/g, ' ').trim()}`;
    return `Mixer rule: ${fullName(resource)} ${when}`;
  });
}

/** What analysis found about what was named above. */
function findingLines(description: ServiceDescription, findings: readonly Finding[]): readonly string[] {
  const { destinationRules, routedBy, sentBy, gateways, quotaSpecs, apiSpecs } = description;
  const named: readonly Named[] = [
    ...destinationRules,
    ...routedBy.map(({ config }) => config),
    ...[sentBy, gateways, quotaSpecs, apiSpecs].flat(),
  ];
  const keys = new Set(named.map(keyOf));
  return findings.filter(({ subject }) => subject !== undefined && keys.has(keyOf(subject))).map(formatFinding);
}

function keyOf({ kind, name, namespace }: Named): string {
  return `${kind} ${name}.${namespace}`;
}

function fullName({ name, namespace }: Pick<Named, 'name' | 'namespace'>): string {
  return `${name}.${namespace}`;
}

/** Labels as selectors write them. */
export function labelText(labels: ReadonlyMap<string, string>): string {
  return Array.from(labels, ([key, value]) => `${key}=${value}`).join(',') || 'no labels';
}
