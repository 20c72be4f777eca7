import type { Env, Handler, Instance } from 'fairlead/sdk';
import type { kubernetes } from 'fairlead/templates';
import { openCluster } from './cluster-registry.js';
import type { KubernetesenvConfig } from './config.js';
import { openFile } from './file-registry.js';
import type { Registry } from './registry.js';
import type { Output, Workload } from './workload.js';

const nothing: Output = Object.freeze({});
const gaugeMillis = 10_000;

/** Answers from what the registry knows, without waiting (adapters.md 3). */
export async function createHandler({
  config,
  env,
}: {
  readonly config: KubernetesenvConfig;
  readonly env: Env;
}): Promise<Handler<typeof kubernetes>> {
  const { registry, close } = await (config.registry === 'FILE' ? openFile(config, env) : openCluster(config, env));
  const known = env.metrics.gauge('workloads', 'Workloads that attributes can be made of.');
  known.set(registry.size);
  env.schedule.every(gaugeMillis, () => known.set(registry.size));
  return {
    generateKubernetesAttributes: (instance) => generate(registry, instance),
    close,
  };
}

/** The attributes of both ends, of one, or none. */
export function generate(registry: Registry, instance: Instance<typeof kubernetes>): Output {
  const source = find(registry, instance.sourceUid, instance.sourceIp);
  const destination = find(registry, instance.destinationUid, instance.destinationIp);
  if (destination === undefined) return source?.source ?? nothing;
  const container = findContainer(destination, instance.destinationPort);
  if (source === undefined && container === undefined) return destination.destination;
  return combine(source?.source ?? nothing, destination.destination, container);
}

/** Field by field: a copy by spreading takes many times as long, and this runs for each request. */
function combine(source: Output, destination: Output, container: string | undefined): Output {
  return {
    sourcePodUid: source.sourcePodUid,
    sourcePodIp: source.sourcePodIp,
    sourcePodName: source.sourcePodName,
    sourceLabels: source.sourceLabels,
    sourceNamespace: source.sourceNamespace,
    sourceServiceAccountName: source.sourceServiceAccountName,
    sourceHostIp: source.sourceHostIp,
    sourceWorkloadUid: source.sourceWorkloadUid,
    sourceWorkloadName: source.sourceWorkloadName,
    sourceWorkloadNamespace: source.sourceWorkloadNamespace,
    sourceOwner: source.sourceOwner,
    destinationPodUid: destination.destinationPodUid,
    destinationPodIp: destination.destinationPodIp,
    destinationPodName: destination.destinationPodName,
    destinationContainerName: container,
    destinationLabels: destination.destinationLabels,
    destinationNamespace: destination.destinationNamespace,
    destinationServiceAccountName: destination.destinationServiceAccountName,
    destinationHostIp: destination.destinationHostIp,
    destinationOwner: destination.destinationOwner,
    destinationWorkloadUid: destination.destinationWorkloadUid,
    destinationWorkloadName: destination.destinationWorkloadName,
    destinationWorkloadNamespace: destination.destinationWorkloadNamespace,
  };
}

/** A uid that is given decides, also when nobody has it: the address may be that of a proxy in between. */
function find(registry: Registry, uid: string | undefined, ip: Uint8Array | undefined): Workload | undefined {
  if (uid !== undefined && uid !== '') return registry.byUid(uid);
  return ip === undefined ? undefined : registry.byIp(ip);
}

function findContainer({ containers }: Workload, port: bigint | undefined): string | undefined {
  return port === undefined || port <= 0n || port > 65_535n ? undefined : containers.get(Number(port));
}
