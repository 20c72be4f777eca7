import { clusterName } from '../../model/naming.js';
import { resolveDestination } from '../../model/destination-target.js';
import type { ProxyView, Target } from '../../model/proxy-view.js';
import { portOf } from '../../model/service.js';
import type { Destination } from '../../kinds/destination.js';
import type { GrpcHosts } from './hosts.js';
import { sharesOf } from '../../model/http-rules.js';

/** A destination with the cluster that stands for it. */
export interface Resolved {
  readonly cluster: string;
  /** Undefined where there is no such service, port or subset: calls to it fail. */
  readonly target: Target | undefined;
}

/** Resolves the destination of a rule for a listener's port. */
export function resolveTarget(destination: Destination, port: number, view: ProxyView): Resolved {
  const {
    cluster,
    parts,
    service,
    port: found,
  } = resolveDestination(destination, {
    scope: view.scope,
    listenerPort: port,
  });
  if (service === undefined || found === undefined) return { cluster, target: undefined };
  const target: Target = { service, port: found, subset: parts.subset };
  return { cluster, target: hasSubset(target, view) ? target : undefined };
}

/** The target of a cluster's name. */
export function targetOf(cluster: string, view: ProxyView): Target | undefined {
  const [direction, number, subset = '', host = '', ...rest] = cluster.split('|');
  const service = view.scope.service(host);
  if (direction !== 'outbound' || rest.length > 0 || service === undefined) return undefined;
  const port = portOf(service, Number(number));
  if (port === undefined || port.protocol === 'UDP') return undefined;
  const target: Target = { service, port, subset };
  return hasSubset(target, view) && nameOf(target) === cluster ? target : undefined;
}

/** All targets that there are. */
export function targetsOf(view: ProxyView): readonly Target[] {
  return view.scope.services.flatMap((service) => {
    const subsets = ['', ...(view.destinationRule(service)?.subsets.keys() ?? [])];
    const ports = service.ports.filter(({ protocol }) => protocol !== 'UDP');
    return ports.flatMap((port) => subsets.map((subset) => ({ service, port, subset })));
  });
}

/** The name of a target's cluster. */
export function nameOf({ service, port, subset = '' }: Target): string {
  return clusterName({ direction: 'outbound', port: port.number, subset, host: service.hostname });
}

/** Clusters that rules lead to and that stand for nothing. */
export function findUnknown(hosts: GrpcHosts, view: ProxyView): ReadonlySet<string> {
  const unknown = new Set<string>();
  for (const { port, rules } of hosts.all.values()) {
    for (const { rule } of rules) {
      for (const { destination } of sharesOf(rule.route)) {
        const { cluster, target } = resolveTarget(destination, port, view);
        if (target === undefined) unknown.add(cluster);
      }
    }
  }
  return unknown;
}

function hasSubset({ service, subset = '' }: Target, view: ProxyView): boolean {
  return subset === '' || view.destinationRule(service)?.subsets.has(subset) === true;
}
