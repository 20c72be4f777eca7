import type { AttributeReader, EvalError, Value, Vocabulary } from '../../attributes/index.js';
import type { HeaderOperationKind, Template, Variety } from '../../sdk/index.js';
import type { HandlerEntry } from '../handlers/entry.js';

/** A compiled expression: a value or the reason why there is none, never a throw. */
export type Evaluate = (bag: AttributeReader) => Value | EvalError;

/** A rule's match. Rules with the same trimmed text share one. */
export interface Condition {
  readonly source: string;
  readonly evaluate: Evaluate;
}

/** Where a generator's output goes: expressions over its outputs and the request, each into one attribute. */
export interface OutputBindings {
  /** Output field name → the slot in which binding expressions read it. */
  readonly outputs: readonly (readonly [field: string, slot: number])[];
  readonly bindings: readonly { readonly slot: number; readonly attribute: string; readonly evaluate: Evaluate }[];
}

/** Builds one instance from a bag, by code generated when the snapshot was made. */
export interface InstanceBuilder {
  /** Qualified name, as adapters see it: `requestcount.metric.istio-system`. */
  readonly name: string;
  /** Text before the first dot, lower case: what a quota request names (mixer-core.md 6.5). */
  readonly quotaName: string;
  /** The frozen-by-type instance, or the failure; told apart by `instanceof FieldError` from src/expr. */
  readonly build: (bag: AttributeReader) => object;
  /** Only for generators. */
  readonly bindings: OutputBindings | undefined;
}

/** A (handler, template) pair: what a call goes to. `index` numbers the destinations of a table from 0. */
export interface Destination {
  readonly index: number;
  readonly handler: HandlerEntry;
  readonly template: Template;
}

/** One action of one rule, ready to run. */
export interface Step {
  readonly destination: Destination;
  /** Qualified rule name, for logs. */
  readonly rule: string;
  /** Undefined when the rule always matches. */
  readonly condition: Condition | undefined;
  readonly builders: readonly InstanceBuilder[];
  /** Only for CHECK_WITH_OUTPUT with a named action: output field → slot that the rule's header operations read. */
  readonly outputs: readonly (readonly [field: string, slot: number])[] | undefined;
}

/** A header operation of a rule; `values` are STRING expressions, empty for REMOVE. */
export interface HeaderTemplate {
  readonly name: string;
  readonly operation: HeaderOperationKind;
  readonly values: readonly Evaluate[];
}

/** The header operations of one rule. */
export interface HeaderGroup {
  readonly rule: string;
  readonly condition: Condition | undefined;
  readonly request: readonly HeaderTemplate[];
  readonly response: readonly HeaderTemplate[];
}

/** CHECK_WITH_OUTPUT is filed under CHECK (mixer-core.md 5.5). */
export type Phase = Exclude<Variety, 'CHECK_WITH_OUTPUT'>;

/** What runs for a request of one namespace: ordered by handler name, then rule name, then position in the rule. */
export interface NamespaceRoutes {
  readonly steps: Readonly<Record<Phase, readonly Step[]>>;
  readonly headers: readonly HeaderGroup[];
}

/** All routes of a snapshot. `namespaces` already contain the default namespace's rules. */
export interface RoutingTable {
  readonly vocabulary: Vocabulary;
  /** Slots of the attributes that choose the namespace (mixer-core.md 5.6). */
  readonly selectors: {
    readonly reporterKind: number;
    readonly sourceNamespace: number;
    readonly destinationNamespace: number;
  };
  readonly namespaces: ReadonlyMap<string, NamespaceRoutes>;
  /** For namespaces without rules of their own: the default namespace's alone. */
  readonly fallback: NamespaceRoutes;
  readonly destinations: readonly Destination[];
}
