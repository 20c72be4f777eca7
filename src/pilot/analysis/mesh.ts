import type { LoadResult, Resource } from '../../config/index.js';
import { decodeConfig, kindOf } from '../kinds/decode-config.js';
import type { Config } from '../kinds/kind.js';
import type { Specs } from '../kinds/table.js';
import { isSubsetOf } from '../kinds/host-name.js';
import { createModel, type Model } from '../model/model.js';
import type { ProxyView } from '../model/proxy-view.js';
import type { Service } from '../model/service.js';
import { isVisible } from '../model/visibility.js';
import { createFileRegistry } from '../registry/file-registry.js';
import { createManifestRegistry, type ManifestService, readManifestServices } from './manifest-registry.js';
import { readWorkloads, type Workload } from './workloads.js';

/** What analysers look at: the model, and what folders tell beside it. Immutable. */
export interface AnalysedMesh {
  /** All of them, those of other kinds too. */
  readonly resources: readonly Resource[];
  readonly model: Model;
  readonly workloads: readonly Workload[];
  readonly manifestServices: readonly ManifestService[];
  /** Whether this is all there is: then what is not here is nowhere. A folder may be a part of a mesh. */
  readonly isWhole: boolean;
  readonly list: <K extends keyof Specs>(kind: K) => readonly Config<Specs[K]>[];
  /** The services that a namespace means by a full host; for a wildcard all that are below it. */
  readonly servicesOf: (host: string, namespace: string) => readonly Service[];
  /** The service that proxies of a namespace send to when a rule names a full host; wildcards go by their own name. */
  readonly serviceOf: (host: string, namespace: string) => Service | undefined;
  /** Whether it can be told that a host is unknown: not where no host of its registry is known, or a list is broken. */
  readonly canJudge: (host: string) => boolean;
  /** Whether a resource of these kinds is broken: what hangs on it is not blamed for that. */
  readonly hasBroken: (kinds: readonly string[]) => boolean;
}

/** What is to be analysed. */
export interface AnalysisSource {
  readonly loaded: LoadResult;
  /** See {@link AnalysedMesh.isWhole}; false when left out. */
  readonly isWhole?: boolean | undefined;
}

/** Builds the model of what was loaded, with the services of Kubernetes manifests in it. */
export function readMesh({ loaded, isWhole = false }: AnalysisSource): AnalysedMesh {
  const { resources } = loaded;
  const fileRegistry = createFileRegistry({ current: () => loaded, onChange: () => () => undefined });
  const { domain, rootNamespace } = createModel({ resources, registries: [] }).mesh;
  const workloads = readWorkloads(resources);
  const manifestServices = readManifestServices(resources, domain);
  const registries = [fileRegistry, createManifestRegistry(manifestServices, workloads)];
  const model = createModel({ resources, registries });
  const { services } = model.services;
  const broken = new Set(resources.filter(isBroken).map(({ kind }) => kind));
  const isSeen = (one: Service, namespace: string): boolean =>
    isVisible(one, namespace, model.mesh.defaultServiceExportTo);
  const hasBroken = (kinds: readonly string[]): boolean => kinds.some((kind) => broken.has(kind));
  // What is installed with the control plane is seldom beside the configuration.
  const registryEnds = [`.${rootNamespace}.svc.${domain}`, `.svc.${domain}`, '.service.consul'];
  return {
    ...{ resources, model, workloads, manifestServices, isWhole },
    list: (kind) => model.configs.list(kind),
    servicesOf: (host, namespace) =>
      services.filter(
        (one) => (isSubsetOf(host, one.hostname) || isSubsetOf(one.hostname, host)) && isSeen(one, namespace),
      ),
    serviceOf(host, namespace) {
      const known = model.services.withHost(host).filter((one) => isSeen(one, namespace));
      return known.find((one) => one.namespace === namespace) ?? known[0];
    },
    canJudge(host) {
      if (hasBroken(['Services', 'ServiceEntry'])) return false;
      const end = registryEnds.find((one) => host.endsWith(one));
      return isWhole || end === undefined || services.some(({ hostname }) => hostname.endsWith(end));
    },
    hasBroken,
  };
}

/** The mesh as a sidecar of a namespace sees it. */
export function viewFrom({ model }: Pick<AnalysedMesh, 'model'>, namespace: string): ProxyView {
  const where = { namespace, labels: new Map<string, string>(), ips: [], locality: '' };
  return model.viewFor({ id: `proxy.${namespace}`, type: 'sidecar', ...where });
}

function isBroken(resource: Resource): boolean {
  const kind = kindOf(resource);
  return kind !== undefined && decodeConfig(resource, kind).config === undefined;
}
