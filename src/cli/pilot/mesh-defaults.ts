import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ConfigStore, layOver, type LoadResult, parseResources } from '../../config/index.js';
import { MixerError } from '../../util/errors.js';
import type { PilotFlags } from './pilot-flags.js';

const nothing: LoadResult = { resources: [], diagnostics: [] };

/**
 * What the command line says of the mesh, as a MeshConfig: the file of `--meshConfig`, which is a resource or, as Istio has
 * it, the bare fields of one, and the domains where it says none.
 *
 * @throws MixerError USAGE when the file cannot be read.
 */
export async function readMeshDefaults(
  { meshConfig, domain, trustDomain }: PilotFlags,
  workingDirectory: string,
): Promise<LoadResult> {
  const text = meshConfig === undefined ? '' : await readText(resolve(workingDirectory, meshConfig));
  const options = { file: meshConfig, defaultNamespace: 'istio-system' };
  if (/^kind:/m.test(text)) return parseResources(text, options);
  const domains = Object.entries({ domain, trustDomain }).filter(([key]) => !new RegExp(`^${key}:`, 'm').test(text));
  const head = [
    'kind: MeshConfig',
    'metadata: { name: mesh, namespace: istio-system }',
    'spec:',
    ...domains.map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`),
  ];
  const body = text.split('\n').map((line) => (line === '' ? '' : `  ${line}`));
  const { resources, diagnostics } = parseResources([...head, ...body].join('\n'), options);
  const back: Shift = { lines: head.length, columns: 2 };
  return {
    resources: resources.map((resource) => ({
      ...resource,
      spec: moveBack(resource.spec, back),
      position: (path?: string, offset?: number) => moveBack(resource.position(path, offset), back),
    })),
    diagnostics: diagnostics.map((one) => moveBack(one, back)),
  };
}

interface Shift {
  readonly lines: number;
  readonly columns: number;
}

/** The same with all places as the user wrote them. */
function moveBack<T>(value: T, back: Shift): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => moveBack(one, back)) as T;
  const members = Object.entries(value as object).map(([key, member]: [string, unknown]) => {
    if (typeof member !== 'number') return [key, moveBack(member, back)] as const;
    const by = key === 'line' ? back.lines : key === 'column' || key === 'textColumn' ? back.columns : 0;
    return [key, by === 0 ? member : Math.max(1, member - by)] as const;
  });
  return Object.fromEntries(members) as T;
}

/** A store whose own MeshConfig, if it has one, counts in place of the defaults. */
export function withMesh(store: ConfigStore, defaults: LoadResult): ConfigStore {
  const lay = (state: LoadResult): LoadResult =>
    layOver(state.resources.some(({ kind }) => kind === 'MeshConfig') ? nothing : defaults, state);
  let laid: { readonly of: LoadResult; readonly state: LoadResult } | undefined;
  // The same object as long as nothing has changed: registries tell by it.
  const current = (): LoadResult => {
    const of = store.current();
    if (laid?.of !== of) laid = { of, state: lay(of) };
    return laid.state;
  };
  return {
    current,
    start: () => store.start(),
    onChange: (listener) => store.onChange(() => listener(current())),
    close: () => store.close(),
  };
}

async function readText(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new MixerError('USAGE', `--meshConfig ${path}: ${MixerError.from(cause).rawMessage}`, cause);
  });
}
