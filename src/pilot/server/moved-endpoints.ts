import type { XdsResource } from '../xds/resource.js';
import type { ResourceMap } from '../xds/snapshot.js';

/** The host that a cluster leads to, by its name in either form (mesh.md 3.2); of another name the name itself. */
export function hostOfCluster(name: string): string {
  const bar = name.lastIndexOf('|');
  if (bar !== -1) return name.slice(bar + 1);
  const mark = name.lastIndexOf('_.');
  return mark === -1 ? name : name.slice(mark + 2);
}

interface Moves {
  /** When a cluster has moved since the base was made, in pushes; 0 for never. */
  readonly movedAt: (name: string) => number;
  readonly build: (name: string) => XdsResource | undefined;
}

/** The endpoints of a snapshot, of which those that have moved are made again when they are asked for. */
export function overlayEndpoints(base: ResourceMap, { movedAt, build }: Moves): ResourceMap {
  const made = new Map<string, { readonly at: number; readonly resource: XdsResource | undefined }>();
  return {
    keys: () => base.keys(),
    layers: base.layers,
    get(name) {
      const was = base.get(name);
      const at = movedAt(name);
      if (was === undefined || at === 0) return was;
      const known = made.get(name);
      if (known?.at === at) return known.resource;
      const resource = build(name);
      made.set(name, { at, resource });
      return resource;
    },
  };
}
