import { type Resource, specValue } from '../../config/index.js';

/** Pods that a manifest makes, or one pod. */
export interface Workload {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Of its pods. */
  readonly labels: ReadonlyMap<string, string>;
  /** Of its pods. */
  readonly annotations: ReadonlyMap<string, string>;
  readonly resource: Resource;
}

/** Where the pods' template stands in manifests that make pods. */
const templates: ReadonlyMap<string, string> = new Map([
  ['Deployment', 'spec.template'],
  ['StatefulSet', 'spec.template'],
  ['DaemonSet', 'spec.template'],
  ['ReplicaSet', 'spec.template'],
  ['ReplicationController', 'spec.template'],
  ['Job', 'spec.template'],
  ['CronJob', 'spec.jobTemplate.spec.template'],
]);

/** Where a manifest says what its pods are like; undefined where it makes none. */
export function podMetadataPath({ kind }: Resource): string | undefined {
  const template = templates.get(kind);
  if (template !== undefined) return `${template}.metadata`;
  return kind === 'Pod' ? 'metadata' : undefined;
}

/** The workloads among the resources of a folder. */
export function readWorkloads(resources: readonly Resource[]): readonly Workload[] {
  return resources.flatMap((resource) => {
    const path = podMetadataPath(resource);
    if (path === undefined) return [];
    const { kind, name, namespace } = resource;
    const isPod = path === 'metadata';
    const labels = isPod ? resource.labels : textsAt(resource, `${path}.labels`);
    const annotations = isPod ? resource.annotations : textsAt(resource, `${path}.annotations`);
    return [{ kind, name, namespace, labels, annotations, resource }];
  });
}

/** The texts of a map in a spec; what is not text is passed over. */
export function textsAt(resource: Resource, path: string): ReadonlyMap<string, string> {
  const value = specValue(resource, path);
  const entries = value instanceof Map ? [...(value as ReadonlyMap<string, unknown>)] : [];
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
