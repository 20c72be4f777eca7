import type { Resource } from '../../config/index.js';
import type { Adapter, OwnResource, OwnResources } from '../../sdk/index.js';
import { type Diagnostic, hasErrors } from '../../util/diagnostics.js';
import { decode } from './decode.js';
import { diagnose } from './finding.js';
import { broken, type Outcome, sound } from './outcome.js';
import { stableText } from './stable-text.js';
import { below } from './yaml-path.js';

/** A decoded resource of an adapter's own kind. */
export interface CompiledOwn {
  readonly adapter: Adapter;
  /** What the adapter sees of it. */
  readonly given: OwnResource;
  /** Where it came from, for diagnostics. */
  readonly resource: Resource;
}

/** The resources that the handlers of one adapter are built with. */
export interface OwnSet {
  readonly resources: OwnResources;
  /** Equal for equal resources. */
  readonly fingerprint: string;
}

/** What an adapter without kinds of its own gets. */
export const noResources: OwnSet = Object.freeze({
  resources: Object.freeze(Object.create(null) as OwnResources),
  fingerprint: '',
});

/** Decodes a resource by the schema that its adapter declares for the kind. */
export function compileOwn(resource: Resource, adapter: Adapter | undefined): Outcome<CompiledOwn> {
  const schema = adapter?.kinds?.[resource.kind];
  if (adapter === undefined || schema === undefined) return broken([]);
  const { value: spec, diagnostics } = decode(resource, schema);
  if (hasErrors(diagnostics)) return broken(diagnostics);
  const { name, namespace } = resource;
  return sound({ adapter, given: Object.freeze({ name, namespace, spec }), resource }, diagnostics);
}

/**
 * Sorts resources by adapter and kind, and lets the adapters judge them as a whole. What is reported with an error is
 * left out. It has no former version to fall back on: which of two resources that do not fit is to blame is anybody's
 * guess, and what is left out grants nothing.
 */
export function gatherOwn(
  adapters: readonly Adapter[],
  compiled: readonly CompiledOwn[],
): { readonly own: ReadonlyMap<Adapter, OwnSet>; readonly diagnostics: readonly Diagnostic[] } {
  const own = new Map<Adapter, OwnSet>();
  const diagnostics: Diagnostic[] = [];
  for (const adapter of adapters) {
    if (adapter.kinds === undefined) continue;
    const mine = compiled.filter((one) => one.adapter === adapter).sort(byNamespaceAndName);
    const { refused, found } = judge(adapter, mine);
    diagnostics.push(...found);
    const resources = arrange(
      adapter,
      mine.filter(({ given }) => !refused.has(given)),
    );
    own.set(adapter, { resources, fingerprint: stableText(resources) });
  }
  return { own, diagnostics };
}

/** Runs the adapter's own checks; a thrown error counts as one more finding, about no resource in particular. */
function judge(
  adapter: Adapter,
  mine: readonly CompiledOwn[],
): { readonly refused: ReadonlySet<OwnResource>; readonly found: readonly Diagnostic[] } {
  const refused = new Set<OwnResource>();
  const found: Diagnostic[] = [];
  const origins = new Map(mine.map(({ given, resource }) => [given, resource]));
  try {
    adapter.validateResources?.(arrange(adapter, mine), (given, path, message, severity = 'error') => {
      const origin = origins.get(given);
      if (origin === undefined) throw new Error('it reported a resource that it was not given');
      if (severity === 'error') refused.add(given);
      found.push(diagnose(origin, { severity, code: 'CONFIG_INVALID', message, at: below('spec', path) }));
    });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const message = `adapter '${adapter.name}' failed to validate the resources of its kinds: ${text}`;
    found.push({ severity: 'error', code: 'CONFIG_INVALID', message });
  }
  return { refused, found };
}

function arrange({ kinds = {} }: Adapter, compiled: readonly CompiledOwn[]): OwnResources {
  // Without a prototype: a kind may be called like anything.
  const lists = Object.create(null) as Record<string, OwnResource[]>;
  for (const kind of Object.keys(kinds)) lists[kind] = [];
  for (const { given, resource } of compiled) lists[resource.kind]?.push(given);
  for (const list of Object.values(lists)) Object.freeze(list);
  return Object.freeze(lists);
}

function byNamespaceAndName({ given: a }: CompiledOwn, { given: b }: CompiledOwn): number {
  return compare(a.namespace, b.namespace) || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
