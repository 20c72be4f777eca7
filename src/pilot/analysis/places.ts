import type { AnalysedMesh } from './mesh.js';

/** Something that runs, by its labels. */
export interface LabelledPlace {
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
}

/** All that runs in the mesh, as far as labels tell: workloads of manifests, and instances of registries. */
export function allPlaces({ workloads, model }: AnalysedMesh): readonly LabelledPlace[] {
  const { services } = model;
  const instances = services.services.flatMap((service) => services.instances(service));
  return [...workloads, ...instances].filter(({ labels }) => labels.size > 0);
}
