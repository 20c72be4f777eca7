import { type Resource, specValue } from '../../config/index.js';
import type { Instance, Service } from '../model/service.js';
import { hasLabels } from '../model/visibility.js';
import { readService } from '../registry/kubernetes/read-service.js';
import type { Registry } from '../registry/registry.js';
import { toInstance } from '../registry/service-entries.js';
import { textsAt, type Workload } from './workloads.js';

/** A Service of Kubernetes as its manifest tells of it. */
export interface ManifestService {
  readonly service: Service;
  readonly resource: Resource;
  /** The ports of the pods, by the name of the service's port. */
  readonly targetPorts: ReadonlyMap<string, number>;
}

/** Reads the Services of Kubernetes among resources. */
export function readManifestServices(resources: readonly Resource[], domain: string): readonly ManifestService[] {
  return resources.flatMap((resource) => {
    if (resource.kind !== 'Service' || resource.apiVersion !== 'v1') return [];
    const { name, namespace, labels, annotations, creationTimestamp } = resource;
    const spec = toObject(specValue(resource));
    const facts = readService(
      {
        metadata: {
          ...{ name, namespace, creationTimestamp },
          labels: Object.fromEntries(labels),
          annotations: Object.fromEntries(annotations),
        },
        spec,
      },
      { registry: 'manifests', domain, trustDomain: domain },
    );
    return facts === undefined ? [] : [{ service: facts.service, resource, targetPorts: targetPortsOf(spec) }];
  });
}

/**
 * A registry of what manifests of a folder tell: a service runs where the labels of a workload are those that it
 * selects. Nothing has an address there.
 */
export function createManifestRegistry(services: readonly ManifestService[], workloads: readonly Workload[]): Registry {
  const instances = services.flatMap(({ service, resource, targetPorts }): Instance[] => {
    const selector = textsAt(resource, 'spec.selector');
    if (selector.size === 0) return [];
    const pods = workloads.filter(
      ({ namespace, labels }) => namespace === service.namespace && hasLabels(labels, selector),
    );
    const places = pods.map(({ labels }) => ({ ...nowhere, labels, ports: targetPorts }));
    return places.flatMap((place) => service.ports.map((port) => toInstance(service, place, port)));
  });
  const all = services.map(({ service }) => service);
  return { name: 'manifests', services: () => all, instances: () => instances, onChange: () => () => undefined };
}

const nowhere = { address: '', ports: new Map<string, number>(), locality: '', network: '', weight: 1 };

function targetPortsOf(spec: unknown): ReadonlyMap<string, number> {
  const { ports } = (spec ?? {}) as { readonly ports?: unknown };
  const list = Array.isArray(ports) ? (ports as readonly Readonly<Record<string, unknown>>[]) : [];
  const named = list.map(({ name, targetPort }) => [typeof name === 'string' ? name : '', targetPort] as const);
  return new Map(named.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

/** Plain values as the API server sends them: maps are objects, integers are numbers. */
function toObject(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(toObject);
  if (!(value instanceof Map)) return value;
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, member] of value as ReadonlyMap<string, unknown>) object[key] = toObject(member);
  return object;
}
