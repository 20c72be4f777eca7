import type { Config } from '../kinds/kind.js';
import type { Service } from '../model/service.js';
import { hasLabels } from '../model/visibility.js';
import type { AnalysedMesh } from './mesh.js';
import { textsAt, type Workload } from './workloads.js';

/** What applies to a workload beside what applies to its services. */
export interface WorkloadDescription {
  readonly workload: Workload;
  /** Services that select it. */
  readonly services: readonly Service[];
  /** The Sidecar that its proxy follows. */
  readonly sidecar: Config<unknown> | undefined;
  /** Gateways that it serves. */
  readonly gateways: readonly Config<unknown>[];
}

/** The workloads of a name. */
export function findWorkloads({ workloads }: AnalysedMesh, name: string, namespace: string): readonly Workload[] {
  return workloads.filter((one) => one.name === name && one.namespace === namespace);
}

/** Gathers what applies to a workload. */
export function describeWorkload(mesh: AnalysedMesh, workload: Workload): WorkloadDescription {
  const { name, namespace, labels } = workload;
  const services = mesh.manifestServices.filter(({ service, resource }) => {
    const selector = textsAt(resource, 'spec.selector');
    return service.namespace === namespace && selector.size > 0 && hasLabels(labels, selector);
  });
  const proxy = { id: `${name}.${namespace}`, type: 'sidecar', namespace, labels, ips: [], locality: '' } as const;
  return {
    workload,
    services: services.map(({ service }) => service),
    sidecar: mesh.model.viewFor(proxy).scope.config,
    gateways: mesh.list('Gateway').filter(({ spec }) => hasLabels(labels, spec.selector)),
  };
}

/** Whether a workload is in a subset. */
export function isInSubset({ labels }: Workload, wanted: ReadonlyMap<string, string>): boolean {
  return hasLabels(labels, wanted);
}
