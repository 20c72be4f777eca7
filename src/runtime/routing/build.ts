import type { HandlerEntry } from '../handlers/entry.js';
import type { CompiledAction } from '../snapshot/actions.js';
import type { Configuration } from '../snapshot/configuration.js';
import type { CompiledRule } from '../snapshot/rules.js';
import { invariant } from '../../util/invariant.js';
import type { Variety } from '../../sdk/index.js';
import type { Vocabulary } from '../../attributes/index.js';
import type { Destination, HeaderGroup, NamespaceRoutes, Phase, RoutingTable, Step } from './table.js';

/** A routing table, and how many actions had to be left out because their handler could not be built. */
export interface RoutingOutcome {
  readonly table: RoutingTable;
  readonly unsatisfied: number;
}

interface Route {
  readonly namespace: string;
  readonly phase: Phase;
  readonly handler: string;
  readonly rule: CompiledRule;
  readonly position: number;
  readonly step: Step;
}

interface NamespaceParts {
  readonly routes: Route[];
  readonly headers: CompiledRule[];
}

const phases: readonly Phase[] = ['CHECK', 'QUOTA', 'REPORT', 'ATTRIBUTE_GENERATOR'];

/**
 * Lays out what runs for a request of each namespace, from the rules and the handlers that could be built (by key).
 * Order is total: handler name, rule name, rule namespace, position. The default namespace's rules are merged into
 * every other namespace's, header operations included (Mixer forgot those).
 *
 * From then on bags leave out what neither the rules nor the choice of the namespace can read.
 */
export function buildRoutingTable(
  { vocabulary, rules }: Pick<Configuration, 'vocabulary' | 'rules'>,
  handlers: ReadonlyMap<string, HandlerEntry>,
  { defaultNamespace }: { readonly defaultNamespace: string },
): RoutingOutcome {
  const destinations = numberDestinations(rules, handlers);
  const parts = new Map<string, NamespaceParts>();
  let unsatisfied = 0;
  for (const rule of rules) {
    const part = partOf(parts, rule.namespace);
    if (rule.headers.request.length + rule.headers.response.length > 0) part.headers.push(rule);
    for (const action of rule.actions) {
      const handler = handlers.get(action.handler.key);
      if (handler === undefined) unsatisfied++;
      else part.routes.push(createRoute(rule, action, destinations.of(handler, action)));
    }
  }
  for (const { routes, headers } of parts.values()) {
    routes.sort(compareRoutes);
    headers.sort(compareRules);
  }
  const shared = partOf(parts, defaultNamespace);
  const fallback = createRoutes(shared);
  const namespaces = new Map<string, NamespaceRoutes>();
  for (const [namespace, own] of parts) {
    namespaces.set(namespace, own === shared ? fallback : createRoutes(merge(shared, own)));
  }
  const table: RoutingTable = {
    vocabulary,
    selectors: {
      reporterKind: readSlot(vocabulary, 'context.reporter.kind'),
      sourceNamespace: readSlot(vocabulary, 'source.namespace'),
      destinationNamespace: readSlot(vocabulary, 'destination.namespace'),
    },
    namespaces,
    fallback,
    destinations: destinations.list,
  };
  vocabulary.keepOnlyMarked();
  return { table, unsatisfied };
}

/** Numbers all destinations by handler name, then template name: in this order a Report calls them. */
function numberDestinations(rules: readonly CompiledRule[], handlers: ReadonlyMap<string, HandlerEntry>): Destinations {
  const used: { readonly handler: HandlerEntry; readonly action: CompiledAction }[] = [];
  for (const action of rules.flatMap(({ actions }) => actions)) {
    const handler = handlers.get(action.handler.key);
    if (handler !== undefined) used.push({ handler, action });
  }
  used.sort(
    (a, b) =>
      compareText(a.handler.name, b.handler.name) || compareText(a.action.template.name, b.action.template.name),
  );
  const destinations = new Destinations();
  for (const { handler, action } of used) destinations.of(handler, action);
  return destinations;
}

/** Numbers the (handler, template) pairs of a table. */
class Destinations {
  readonly list: Destination[] = [];
  readonly #byPair = new Map<string, Destination>();

  of(handler: HandlerEntry, { handler: { key }, template }: CompiledAction): Destination {
    const pair = `${key}/${template.name}`;
    const known = this.#byPair.get(pair);
    if (known !== undefined) return known;
    const destination: Destination = { index: this.list.length, handler, template };
    this.list.push(destination);
    this.#byPair.set(pair, destination);
    return destination;
  }
}

function createRoute(rule: CompiledRule, action: CompiledAction, destination: Destination): Route {
  return {
    namespace: rule.namespace,
    phase: phaseOf(action.template.variety),
    handler: destination.handler.name,
    rule,
    position: action.position,
    step: {
      destination,
      rule: rule.key,
      condition: rule.condition,
      builders: action.instances.map((instance) => instance.builder()),
      outputs: action.outputs,
    },
  };
}

function phaseOf(variety: Variety): Phase {
  return variety === 'CHECK_WITH_OUTPUT' ? 'CHECK' : variety;
}

function createRoutes({ routes, headers }: NamespaceParts): NamespaceRoutes {
  const of = (phase: Phase): readonly Step[] =>
    routes.filter((route) => route.phase === phase).map((route) => route.step);
  const [check, quota, report, generate] = phases.map(of) as [
    readonly Step[],
    readonly Step[],
    readonly Step[],
    readonly Step[],
  ];
  return {
    steps: { CHECK: check, QUOTA: quota, REPORT: report, ATTRIBUTE_GENERATOR: generate },
    headers: headers.map(createGroup),
  };
}

const groups = new WeakMap<CompiledRule, HeaderGroup>();

// One group per rule, shared by all namespaces that it applies to.
function createGroup(rule: CompiledRule): HeaderGroup {
  let group = groups.get(rule);
  if (group === undefined) {
    group = {
      rule: rule.key,
      condition: rule.condition,
      request: rule.headers.request,
      response: rule.headers.response,
    };
    groups.set(rule, group);
  }
  return group;
}

function merge(shared: NamespaceParts, own: NamespaceParts): NamespaceParts {
  return {
    routes: [...shared.routes, ...own.routes].sort(compareRoutes),
    headers: [...shared.headers, ...own.headers].sort(compareRules),
  };
}

function partOf(parts: Map<string, NamespaceParts>, namespace: string): NamespaceParts {
  let part = parts.get(namespace);
  if (part === undefined) {
    part = { routes: [], headers: [] };
    parts.set(namespace, part);
  }
  return part;
}

function compareRoutes(a: Route, b: Route): number {
  return compareText(a.handler, b.handler) || compareRules(a.rule, b.rule) || a.position - b.position;
}

function compareRules(a: CompiledRule, b: CompiledRule): number {
  return compareText(a.name, b.name) || compareText(a.namespace, b.namespace);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function readSlot(vocabulary: Vocabulary, name: string): number {
  const slot = vocabulary.slotOf(name);
  invariant(slot !== undefined, `the standard vocabulary lacks '${name}'`);
  vocabulary.markRead(slot);
  return slot;
}
