import { decodeSpec, parseResources } from '../config/index.js';
import type { Adapter, Template } from '../sdk/index.js';

/** One finding about parameters: where in them (`overrides[1].maxAmount`, empty for the whole) and what. */
export interface ParamsProblem {
  readonly path: string;
  readonly message: string;
}

/** Parameters as `build` would get them, and what is wrong with them. */
export interface DecodedParams<C> {
  readonly config: C;
  readonly problems: readonly ParamsProblem[];
}

/**
 * Decodes a handler's `params`, given as YAML, as the host does: defaults filled in, unknown fields refused, then the
 * adapter's own `validate`, unless decoding has found something already. Warnings are no problems.
 */
export function decodeParams<C, T extends Template>(adapter: Adapter<C, T>, yaml: string): DecodedParams<C> {
  const indented = yaml.replace(/^(?=.*\S)/gm, '    ');
  const text = `kind: handler\nmetadata:\n  name: sample\nspec:\n  params:\n${indented}\n`;
  const { resources, diagnostics } = parseResources(text, { file: 'params.yaml', defaultNamespace: 'default' });
  const resource = resources[0];
  if (resource === undefined) {
    throw new Error(`params are not YAML: ${diagnostics.map(({ message }) => message).join('; ')}`);
  }
  const decoded = decodeSpec(resource, adapter.config, 'spec.params');
  const problems: ParamsProblem[] = [...diagnostics, ...decoded.diagnostics].map(({ path, message }) => ({
    path: (path ?? '').replace(/^spec\.params\.?/, ''),
    message,
  }));
  if (problems.length > 0) return { config: decoded.value, problems };
  adapter.validate?.(decoded.value, (path, message, severity) => {
    if (severity !== 'warning') problems.push({ path, message });
  });
  return { config: decoded.value, problems };
}
