import { layOver, loadPaths, type LoadResult } from '../config/index.js';
import { createFileRegistry, createModel } from '../pilot/index.js';
import { compileConfiguration } from '../runtime/index.js';
import type { Adapter } from '../sdk/index.js';
import { templates } from '../templates/index.js';
import type { Diagnostic } from '../util/diagnostics.js';

/** What a configuration is checked against. */
export interface ValidateOptions {
  readonly adapters: readonly Adapter[];
  /** The namespace of resources that name none. */
  readonly namespace: string;
  /** What the configuration is laid over. */
  readonly defaults?: LoadResult | undefined;
}

const nothing: LoadResult = { resources: [], diagnostics: [] };

/** Compiles files and folders as one configuration, as a Mixer and a proxy would, but builds no handler. */
export async function validateConfig(
  paths: readonly string[],
  { adapters, namespace, defaults = nothing }: ValidateOptions,
): Promise<{ readonly resources: number; readonly diagnostics: readonly Diagnostic[] }> {
  const loaded = await loadPaths(paths, { defaultNamespace: namespace });
  const { resources } = layOver(defaults, loaded);
  const { diagnostics } = compileConfiguration({ resources, adapters, templates });
  const registry = createFileRegistry({ current: () => loaded, onChange: () => () => undefined });
  const model = createModel({ resources: loaded.resources, registries: [registry] });
  const found = [...loaded.diagnostics, ...diagnostics, ...model.diagnostics];
  return { resources: loaded.resources.length, diagnostics: found };
}
