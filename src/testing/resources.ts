import { parseResources } from '../config/index.js';
import { compileConfiguration } from '../runtime/index.js';
import type { Adapter, OwnResources, Template } from '../sdk/index.js';
import { formatDiagnostic } from '../util/diagnostics.js';

/** Resources of an adapter's own kinds as `build` would get them, and what is wrong with those in the text. */
export interface DecodedResources {
  readonly resources: OwnResources;
  /** Errors and warnings, as `fairlead validate` prints them. */
  readonly problems: readonly string[];
}

/** Decodes resources of an adapter's own kinds, given as YAML, as the host does. Other kinds are passed over. */
export function decodeResources<C, T extends Template>(adapter: Adapter<C, T>, yaml: string): DecodedResources {
  const parsed = parseResources(yaml, { file: 'resources.yaml', defaultNamespace: 'default' });
  const given = parsed.resources.filter(({ kind }) => Object.hasOwn(adapter.kinds ?? {}, kind));
  const { own, diagnostics } = compileConfiguration({ resources: given, adapters: [adapter], templates: [] });
  const problems = [...parsed.diagnostics, ...diagnostics].filter(({ severity }) => severity !== 'info');
  return { resources: own.get(adapter)?.resources ?? {}, problems: problems.map(formatDiagnostic) };
}
