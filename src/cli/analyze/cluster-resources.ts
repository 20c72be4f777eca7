import { parseResources, type Resource } from '../../config/index.js';
import { type Connection, type KubeObject, type ResourceType, type Timing, watchResource } from '../../kube/index.js';
import { MixerError } from '../../util/errors.js';

/** A kind of objects that is read from a cluster. */
interface ClusterKind extends ResourceType {
  readonly kind: string;
  /** Whether there can be no analysis without it; others may be missing in a cluster. */
  readonly isNeeded?: boolean;
}

const networking = { group: 'networking.istio.io', version: 'v1alpha3' } as const;
const mixerClient = { group: 'config.istio.io', version: 'v1alpha2' } as const;

const kinds: readonly ClusterKind[] = [
  { kind: 'Service', version: 'v1', plural: 'services', isNeeded: true },
  { kind: 'Pod', version: 'v1', plural: 'pods', isNeeded: true },
  { kind: 'VirtualService', ...networking, plural: 'virtualservices' },
  { kind: 'DestinationRule', ...networking, plural: 'destinationrules' },
  { kind: 'Gateway', ...networking, plural: 'gateways' },
  { kind: 'ServiceEntry', ...networking, plural: 'serviceentries' },
  { kind: 'Sidecar', ...networking, plural: 'sidecars' },
  { kind: 'EnvoyFilter', ...networking, plural: 'envoyfilters' },
  { kind: 'QuotaSpec', ...mixerClient, plural: 'quotaspecs' },
  { kind: 'QuotaSpecBinding', ...mixerClient, plural: 'quotaspecbindings' },
  { kind: 'HTTPAPISpec', ...mixerClient, plural: 'httpapispecs' },
  { kind: 'HTTPAPISpecBinding', ...mixerClient, plural: 'httpapispecbindings' },
];

/** How a cluster is read. */
export interface ClusterReading {
  readonly connection: Connection;
  readonly timing: Timing;
  /** How long all lists may take. */
  readonly patienceMillis: number;
}

/** Reads what a cluster has now. Rejects with a MixerError when it cannot be read. */
export async function readCluster(reading: ClusterReading): Promise<readonly Resource[]> {
  const lists = await Promise.all(kinds.map((kind) => listKind(kind, reading)));
  return lists.flat();
}

/** Follows a kind until there is its first list. */
async function listKind(
  selection: ClusterKind,
  { connection, timing, patienceMillis }: ClusterReading,
): Promise<readonly Resource[]> {
  const { kind, group, version, plural, isNeeded = false } = selection;
  const apiVersion = group === undefined ? version : `${group}/${version}`;
  let settle: (failure: MixerError | undefined) => void = () => undefined;
  const settled = new Promise<MixerError | undefined>((resolve) => (settle = resolve));
  const fail = (reason: string): void => settle(new MixerError('UNAVAILABLE', `${plural} of the cluster: ${reason}`));
  const stopWaiting = timing.after(patienceMillis, () => fail('no answer in time'));
  const watch = watchResource<readonly Resource[]>({
    ...{ connection, selection, timing },
    prune: (object) => toResources(object, { apiVersion, kind }),
    onState(state) {
      if (state.kind === 'following') settle(undefined);
      else if (state.status === 404 && !isNeeded) settle(undefined);
      else if (state.status !== undefined) fail(state.reason);
    },
  });
  const failure = await settled;
  stopWaiting();
  const resources = [...watch.values()].flat();
  await watch.stop();
  if (failure !== undefined) throw failure;
  return resources;
}

/** JSON is YAML, so that an object of the server reads like one of a file. Lists leave out what their objects are. */
function toResources(object: KubeObject, type: { readonly apiVersion: string; readonly kind: string }) {
  const { name, namespace, labels, annotations } = object.metadata;
  const creationTimestamp = (object.metadata as Readonly<Record<string, unknown>>)['creationTimestamp'];
  const metadata = { name, namespace, creationTimestamp, labels: labels ?? {}, annotations: annotations ?? {} };
  const text = JSON.stringify({ ...type, metadata, spec: object['spec'] ?? {} });
  return parseResources(text, { defaultNamespace: 'default' }).resources;
}
