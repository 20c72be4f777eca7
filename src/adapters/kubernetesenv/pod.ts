import type { KubeObject, OwnerReference } from 'fairlead/kube';
import { type IpKey, ipKeyOfText } from './ip-key.js';
import { controllerOf, type Owners } from './owners.js';
import { itemsOf, type Part, partOf, textOf, textsOf } from './parts.js';
import { type ContainerPorts, createWorkload, podUid, type Workload } from './workload.js';

interface PodFacts {
  readonly name: string;
  readonly namespace: string;
  readonly ip: string;
  readonly hostIp: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly serviceAccount: string;
  readonly selfLink: string;
  readonly controller: OwnerReference | undefined;
  readonly containers: ContainerPorts;
}

const noLabels: ReadonlyMap<string, string> = new Map();
const noContainers: ContainerPorts = new Map();

/** What is kept of a pod, and the attributes made of it when somebody first asks for them. */
export class Pod {
  readonly uid: string;
  readonly ips: readonly IpKey[];
  /** Shares its addresses with its node, and so with others. */
  readonly usesHostNetwork: boolean;
  /** Has ended: its addresses may be another pod's by now. */
  readonly hasEnded: boolean;
  readonly #facts: PodFacts;
  #workload: Workload | undefined;
  #generation = -1;

  private constructor(object: KubeObject, name: string) {
    const { metadata } = object;
    const [spec, status] = [partOf(object['spec']), partOf(object['status'])];
    const namespace = textOf(metadata.namespace);
    this.uid = podUid(name, namespace);
    this.ips = ipsOf(status);
    this.usesHostNetwork = spec['hostNetwork'] === true;
    this.hasEnded = status['phase'] === 'Succeeded' || status['phase'] === 'Failed';
    const labels = textsOf(metadata.labels);
    this.#facts = {
      name,
      namespace,
      ip: textOf(status['podIP']),
      hostIp: textOf(status['hostIP']),
      labels: labels.length === 0 ? noLabels : new Map(labels),
      serviceAccount: textOf(spec['serviceAccountName']),
      selfLink: textOf(metadata.selfLink),
      controller: controllerOf(metadata),
      containers: portsOf(spec['containers']),
    };
  }

  /** A pod as the server sends it; undefined when it has no name. */
  static from(object: KubeObject): Pod | undefined {
    const name = textOf(object.metadata.name);
    return name === '' ? undefined : new Pod(object, name);
  }

  /** Made once, and again when what is known about owners has changed. */
  workload(owners: Owners): Workload {
    if (this.#workload === undefined || this.#generation !== owners.generation) {
      this.#workload = this.#create(owners);
      this.#generation = owners.generation;
    }
    return this.#workload;
  }

  #create(owners: Owners): Workload {
    const { controller, selfLink, ...facts } = this.#facts;
    const owner = controller === undefined ? undefined : owners.follow(controller, facts.namespace);
    const workloadName = owner?.name ?? facts.name;
    return createWorkload({
      ...facts,
      owner: owner?.uid ?? selfLink,
      workloadName,
      workloadNamespace: facts.namespace,
      workloadUid: `istio://${facts.namespace}/workloads/${workloadName}`,
    });
  }
}

function ipsOf({ podIP, podIPs }: Part): readonly IpKey[] {
  const texts = [textOf(podIP), ...itemsOf(podIPs).map(({ ip }) => textOf(ip))];
  return [...new Set(texts.map(ipKeyOfText))].filter((key) => key !== undefined);
}

/** The first container that declares a port has it. */
function portsOf(containers: unknown): ContainerPorts {
  const found = new Map<number, string>();
  for (const container of itemsOf(containers)) {
    const name = textOf(container['name']);
    for (const { containerPort } of itemsOf(container['ports'])) {
      if (name !== '' && typeof containerPort === 'number' && !found.has(containerPort)) found.set(containerPort, name);
    }
  }
  return found.size === 0 ? noContainers : found;
}
