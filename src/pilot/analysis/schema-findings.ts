import { decodeConfig, kindOf } from '../kinds/decode-config.js';
import { meshOf } from '../model/mesh.js';
import type { Finding } from './finding.js';
import type { AnalysedMesh } from './mesh.js';

/** What decoding found: errors are IST0106, and keep the resource from counting; warnings keep their own code. */
export function schemaFindings({ resources, model }: AnalysedMesh): readonly Finding[] {
  const decoded = resources.flatMap((resource): Finding[] => {
    const kind = kindOf(resource);
    if (kind === undefined) return [];
    const { name, namespace } = resource;
    return decodeConfig(resource, kind).diagnostics.map((one) => {
      const code = one.severity === 'error' ? 'IST0106' : one.code;
      return { ...one, code, message: withField(one.message, one.path), subject: { kind, name, namespace } };
    });
  });
  const meshes = meshOf(model.configs).diagnostics.map((one) => ({ ...one, subject: undefined }));
  return [...decoded, ...meshes];
}

/** A path reads `VirtualService 'a.default' http[0].route[0]`; the name is told beside the finding already. */
function withField(message: string, path: string | undefined): string {
  const field = path?.replace(/^\S+ '[^']*' ?/, '') ?? '';
  return field === '' ? message : `${field}: ${message}`;
}
