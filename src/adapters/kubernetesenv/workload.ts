import { type OutputValues, parseIp, type StringMap } from 'fairlead/sdk';
import type { kubernetes } from 'fairlead/templates';

/** What a generator answers. */
export type Output = OutputValues<(typeof kubernetes)['output']>;

/** What is known about one end of a request: a pod, or an entry of the file. Empty texts are unknown. */
export interface WorkloadFacts {
  readonly name: string;
  readonly namespace: string;
  readonly ip: string;
  readonly hostIp: string;
  readonly labels: StringMap;
  readonly serviceAccount: string;
  readonly owner: string;
  readonly workloadName: string;
  readonly workloadNamespace: string;
  readonly workloadUid: string;
  readonly containers: ContainerPorts;
}

/** Names of containers by the ports they declare. */
export type ContainerPorts = ReadonlyMap<number, string>;

/** One end of a request with its attributes made, so that a request only picks them up. */
export interface Workload {
  readonly source: Output;
  readonly destination: Output;
  readonly containers: ContainerPorts;
}

const scheme = 'kubernetes://';

/** The uid of a pod. Names may hold dots, namespaces may not. */
export function podUid(name: string, namespace: string): string {
  return `${scheme}${name}.${namespace}`;
}

/**
 * The pod's uid that a uid attribute stands for: with the scheme or without, and `namespace/name`, as Mixer takes them
 * (adapters.md 3). Undefined when it stands for none.
 */
export function canonicalUid(uid: string): string | undefined {
  const text = uid.startsWith(scheme) ? uid.slice(scheme.length) : uid;
  if (text.includes('.')) return scheme + text;
  const slash = text.indexOf('/');
  return slash < 0 ? undefined : podUid(text.slice(slash + 1), text.slice(0, slash));
}

/** Makes the attributes of both ends. What is unknown is left out, so that `|` in bindings has its say. */
export function createWorkload(facts: WorkloadFacts): Workload {
  const common = {
    uid: podUid(facts.name, facts.namespace),
    ip: facts.ip === '' ? undefined : parseIp(facts.ip),
    hostIp: facts.hostIp === '' ? undefined : parseIp(facts.hostIp),
    labels: facts.labels.size === 0 ? undefined : facts.labels,
    serviceAccount: facts.serviceAccount || undefined,
    owner: facts.owner || undefined,
  };
  return {
    source: {
      sourcePodUid: common.uid,
      sourcePodIp: common.ip,
      sourcePodName: facts.name,
      sourceLabels: common.labels,
      sourceNamespace: facts.namespace,
      sourceServiceAccountName: common.serviceAccount,
      sourceHostIp: common.hostIp,
      sourceWorkloadUid: facts.workloadUid,
      sourceWorkloadName: facts.workloadName,
      sourceWorkloadNamespace: facts.workloadNamespace,
      sourceOwner: common.owner,
    },
    destination: {
      destinationPodUid: common.uid,
      destinationPodIp: common.ip,
      destinationPodName: facts.name,
      destinationLabels: common.labels,
      destinationNamespace: facts.namespace,
      destinationServiceAccountName: common.serviceAccount,
      destinationHostIp: common.hostIp,
      destinationOwner: common.owner,
      destinationWorkloadUid: facts.workloadUid,
      destinationWorkloadName: facts.workloadName,
      destinationWorkloadNamespace: facts.workloadNamespace,
    },
    containers: facts.containers,
  };
}
