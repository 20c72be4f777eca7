import type { KubeObject } from '../../../kube/index.js';
import { fieldsOf, listOf, textMapOf, textOf } from '../fields.js';
import { spiffeOf } from './read-service.js';

/** What is kept of a pod. */
export interface PodFacts {
  /** `namespace/name`. */
  readonly key: string;
  /** The attribute destination.uid. */
  readonly uid: string;
  readonly labels: ReadonlyMap<string, string>;
  /** Addresses that are its own; those of its node and those of a pod that has ended are not. */
  readonly ips: readonly string[];
  readonly node: string;
  readonly serviceAccount: string;
  /** As its label says; empty when it does not. */
  readonly locality: string;
}

const identity = 'alpha.istio.io/identity';
const localityLabel = 'istio-locality';

/** Reads a pod; undefined when it has no name. */
export function readPod(object: KubeObject, trustDomain: string): PodFacts | undefined {
  const { name, namespace } = object.metadata;
  if (typeof name !== 'string' || typeof namespace !== 'string') return undefined;
  const [spec, status] = [fieldsOf(object['spec']), fieldsOf(object['status'])];
  const labels = textMapOf(object.metadata.labels);
  const hasEnded = status['phase'] === 'Succeeded' || status['phase'] === 'Failed';
  const ips = [textOf(status['podIP']), ...listOf(status['podIPs']).map(({ ip }) => textOf(ip))];
  const said = textMapOf(object.metadata.annotations).get(identity) ?? '';
  const account = textOf(spec['serviceAccountName']);
  return {
    key: `${namespace}/${name}`,
    uid: `kubernetes://${name}.${namespace}`,
    labels,
    ips: hasEnded || spec['hostNetwork'] === true ? [] : [...new Set(ips)].filter((ip) => ip !== ''),
    node: textOf(spec['nodeName']),
    serviceAccount: identityOf(said, trustDomain) || (account && spiffeOf(account, { namespace, trustDomain })),
    locality: localityOfLabel(labels),
  };
}

/** Reads where a node is, as `region/zone/subzone` as far as its labels say. */
export function readNode(object: KubeObject): string {
  const labels = textMapOf(object.metadata.labels);
  const said = localityOfLabel(labels);
  if (said !== '') return said;
  const [region, zone] = ['region', 'zone'].map(
    (part) => labels.get(`topology.kubernetes.io/${part}`) ?? labels.get(`failure-domain.beta.kubernetes.io/${part}`),
  );
  const parts = [region, zone, labels.get('topology.istio.io/subzone')].map((part) => part ?? '');
  return parts.join('/').replace(/\/+$/, '');
}

/** A label cannot hold slashes, so that dots may stand for them. */
function localityOfLabel(labels: ReadonlyMap<string, string>): string {
  const said = labels.get(localityLabel) ?? '';
  return said.includes('/') ? said : said.replaceAll('.', '/');
}

function identityOf(said: string, trustDomain: string): string {
  return said === '' || said.startsWith('spiffe://') ? said : `spiffe://${trustDomain}/${said}`;
}
