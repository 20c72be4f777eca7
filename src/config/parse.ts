import type { Diagnostic } from '../util/diagnostics.js';
import { composeChunk } from './compose.js';
import { MAX_FILE_BYTES } from './limits.js';
import { type ConfigNode, getValue, type MapNode } from './node.js';
import { createResource, type Resource, type ResourceOptions } from './resource.js';
import { splitDocuments } from './split.js';

/** Resources that were sound, and all that was found about the rest. */
export interface LoadResult {
  readonly resources: readonly Resource[];
  readonly diagnostics: readonly Diagnostic[];
}

/** How a file's text is read. */
export interface ParseOptions {
  /** The name that positions carry. */
  readonly file?: string | undefined;
  readonly defaultNamespace: string;
}

/**
 * Reads the resources of a YAML (or JSON) file, in their order. A broken document loses only itself; documents
 * without content are passed over; lists are expanded as kubectl does. Never throws.
 */
export function parseResources(text: string | Uint8Array, options: ParseOptions): LoadResult {
  const { file } = options;
  const resources: Resource[] = [];
  const diagnostics: Diagnostic[] = [];
  if (text.length > MAX_FILE_BYTES) return { resources, diagnostics: [fileTooLarge(file)] };
  for (const chunk of splitDocuments(text)) {
    if (chunk.fault !== undefined) {
      diagnostics.push({ severity: 'error', code: 'YAML_SYNTAX', file, ...chunk.fault });
      continue;
    }
    const composed = composeChunk(chunk, file);
    for (const diagnostic of composed.diagnostics) diagnostics.push(diagnostic);
    for (const root of composed.roots) addResource(root, options, { resources, diagnostics });
  }
  return { resources, diagnostics };
}

/** The finding about a file that is too large to read. */
export function fileTooLarge(file: string | undefined): Diagnostic {
  const message = `the file is larger than ${MAX_FILE_BYTES} bytes`;
  return { severity: 'error', code: 'YAML_LIMIT', message, file, line: 1, column: 1 };
}

interface Target {
  readonly resources: Resource[];
  readonly diagnostics: Diagnostic[];
}

function addResource(root: ConfigNode, options: ResourceOptions, target: Target): void {
  const list = root.kind === 'map' ? readList(root) : undefined;
  if (list !== undefined) {
    for (const item of list.items) addResource(item, { ...options, defaultKind: list.kind }, target);
    return;
  }
  const made = createResource(root, options);
  if ('kind' in made) target.resources.push(made);
  else target.diagnostics.push(...made);
}

/** The items of `kind: List`, or of a typed list such as `ruleList`, whose items need not name their kind. */
function readList(root: MapNode): { items: readonly ConfigNode[]; kind: string | undefined } | undefined {
  const kind = getValue(root, 'kind');
  const items = getValue(root, 'items');
  if (kind?.kind !== 'scalar' || typeof kind.value !== 'string' || !kind.value.endsWith('List')) return undefined;
  if (items === undefined) return kind.value === 'List' ? { items: [], kind: undefined } : undefined;
  if (items.kind !== 'list') return undefined;
  const itemKind = kind.value.slice(0, -'List'.length);
  return { items: items.items, kind: itemKind === '' ? undefined : itemKind };
}
