import { type Adapter, type Template } from '../sdk/index.js';

/** What a resource of some kind is to the runtime. */
export type Role =
  | { readonly role: 'rule' }
  | { readonly role: 'manifest' }
  /** `legacy` is set when the kind is the adapter's name and the spec its params. */
  | { readonly role: 'handler'; readonly legacy: Adapter | undefined }
  /** `legacy` is set when the kind is the template's name and the spec its params. */
  | { readonly role: 'instance'; readonly legacy: Template | undefined }
  /** The kind is one that this adapter declares for itself. */
  | { readonly role: 'own'; readonly adapter: Adapter }
  /** Descriptions of out-of-process adapters and templates. */
  | { readonly role: 'adapterInfo' }
  | { readonly role: 'templateInfo' }
  | { readonly role: 'foreign' };

/** The kinds of a runtime: the core ones, and those that its adapters and templates bring along. */
export interface Kinds {
  roleOf(kind: string): Role;
  adapter(name: string): Adapter | undefined;
  template(name: string): Template | undefined;
  /** All kinds that are ours. */
  readonly names: readonly string[];
  readonly adapterNames: readonly string[];
  readonly templateNames: readonly string[];
}

const coreRoles: readonly (readonly [kind: string, role: Role])[] = [
  ['rule', { role: 'rule' }],
  ['attributemanifest', { role: 'manifest' }],
  ['handler', { role: 'handler', legacy: undefined }],
  ['instance', { role: 'instance', legacy: undefined }],
  ['adapter', { role: 'adapterInfo' }],
  ['template', { role: 'templateInfo' }],
];

/**
 * Derives the kinds from the adapters and templates handed in. Of two with one name the first counts; core kinds
 * cannot be taken, nor names of adapters and templates by an adapter's own kinds. Kinds are case-sensitive
 * (mixer-core.md 5.1).
 */
export function createKinds(adapters: readonly Adapter[], templates: readonly Template[]): Kinds {
  const adapterByName = new Map<string, Adapter>();
  const templateByName = new Map<string, Template>();
  for (const adapter of adapters) putFirst(adapterByName, adapter.name, adapter);
  for (const template of templates) putFirst(templateByName, template.name, template);
  for (const adapter of adapters) {
    for (const template of adapter.templates) putFirst(templateByName, template.name, template);
  }

  const roles = new Map<string, Role>(coreRoles);
  for (const [name, legacy] of adapterByName) putFirst(roles, name, { role: 'handler', legacy });
  for (const [name, legacy] of templateByName) putFirst(roles, name, { role: 'instance', legacy });
  for (const adapter of adapterByName.values()) {
    for (const kind of Object.keys(adapter.kinds ?? {})) putFirst(roles, kind, { role: 'own', adapter });
  }
  const foreign: Role = { role: 'foreign' };

  return {
    roleOf: (kind) => roles.get(kind) ?? foreign,
    adapter: (name) => adapterByName.get(name),
    template: (name) => templateByName.get(name),
    names: [...roles.keys()],
    adapterNames: [...adapterByName.keys()].sort(),
    templateNames: [...templateByName.keys()].sort(),
  };
}

function putFirst<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (!map.has(key)) map.set(key, value);
}
