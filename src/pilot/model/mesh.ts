import { parseResources } from '../../config/index.js';
import type { Diagnostic } from '../../util/diagnostics.js';
import { invariant } from '../../util/invariant.js';
import { decodeConfig, diagnose } from '../kinds/decode-config.js';
import type { MeshConfig } from '../kinds/mesh-config.js';
import type { Configs } from './configs.js';

/** The mesh as it is where nothing is said (mesh.md 2.7). */
export const defaultMesh: MeshConfig = readDefault();

/** What holds for the mesh: the oldest MeshConfig counts. */
export function meshOf(configs: Configs): { readonly mesh: MeshConfig; readonly diagnostics: readonly Diagnostic[] } {
  const [first, ...others] = configs.list('MeshConfig');
  const diagnostics = others.map(({ resource }) =>
    diagnose(resource, 'metadata.name', {
      severity: 'warning',
      code: 'CONFIG_INVALID',
      message: `has no effect: MeshConfig '${first?.name}.${first?.namespace}' counts`,
    }),
  );
  return { mesh: first?.spec ?? defaultMesh, diagnostics };
}

function readDefault(): MeshConfig {
  const text = '{kind: MeshConfig, metadata: {name: mesh}}';
  const [resource] = parseResources(text, { defaultNamespace: 'default' }).resources;
  invariant(resource !== undefined, 'the default mesh is a resource');
  const { config } = decodeConfig(resource, 'MeshConfig');
  invariant(config !== undefined, 'the default mesh is sound');
  return config.spec as MeshConfig;
}
