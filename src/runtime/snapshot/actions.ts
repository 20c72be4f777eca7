import type { Vocabulary } from '../../attributes/index.js';
import type { Resource } from '../../config/index.js';
import type { Template } from '../../sdk/index.js';
import type { Diagnostic } from '../../util/diagnostics.js';
import type { RuleSpec } from '../kinds-schemas.js';
import { resolveReference } from '../names.js';
import { diagnose } from './finding.js';
import type { HandlerConfig } from './handler-configs.js';
import type { CompiledInstance } from './instances.js';
import { outputFields } from './manifests.js';
import { referenceHint } from './reference-hint.js';

/** What one action sends to one handler under one template. */
export interface CompiledAction {
  /** Position among the rule's actions. */
  readonly position: number;
  readonly handler: HandlerConfig;
  readonly template: Template;
  readonly instances: readonly CompiledInstance[];
  /** Output fields and the hidden slots that the rule's header operations read. */
  readonly outputs: readonly (readonly [field: string, slot: number])[] | undefined;
}

/** A resource that exists; undefined when it is broken or unsupported, which has then been reported. */
export interface Present<T> {
  readonly value: T | undefined;
}

/** What actions refer to. */
export interface ActionContext {
  readonly vocabulary: Vocabulary;
  readonly handlers: ReadonlyMap<string, Present<HandlerConfig>>;
  readonly instances: ReadonlyMap<string, Present<CompiledInstance>>;
}

/** The outputs that a rule's header operations can read. */
export interface RuleOutputs {
  /** `x.output.field` → the hidden name in the vocabulary. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Prefixes (`x.output.`) of actions that hang on something reported: names below them are not to blame. */
  readonly reported: readonly string[];
}

/** The actions of a rule that can run. */
export interface ActionsOutcome {
  readonly actions: readonly CompiledAction[];
  readonly outputs: RuleOutputs;
  readonly diagnostics: readonly Diagnostic[];
}

type ActionSpec = RuleSpec['actions'][number];

/** Resolves the actions of a rule, leaving out what does not exist, does not fit or is broken. */
export function compileActions(
  resource: Resource,
  specs: readonly ActionSpec[],
  context: ActionContext,
): ActionsOutcome {
  const diagnostics: Diagnostic[] = [];
  const actions: CompiledAction[] = [];
  const aliases = new Map<string, string>();
  const reported: string[] = [];
  for (const [position, spec] of specs.entries()) {
    const before = diagnostics.length;
    const resolved = resolveAction(resource, { spec, at: `spec.actions[${position}]` }, { ...context, diagnostics });
    const incomplete = resolved.hidden || diagnostics.length > before;
    if (spec.name !== '' && incomplete) reported.push(`${spec.name}.output.`);
    if (resolved.handler === undefined) continue;
    for (const [template, instances] of resolved.groups) {
      const outputs = publish(resource, { spec, template }, { ...context, aliases });
      // Code is generated now: a table may be rebuilt later, when the vocabulary has been sealed by a bag.
      for (const instance of instances) instance.builder();
      actions.push({ position, handler: resolved.handler, template, instances, outputs });
    }
  }
  return { actions, outputs: { aliases, reported }, diagnostics };
}

interface Resolved {
  readonly handler: HandlerConfig | undefined;
  readonly groups: ReadonlyMap<Template, CompiledInstance[]>;
  /** True when something was left out that has been reported elsewhere. */
  readonly hidden: boolean;
}

function resolveAction(
  resource: Resource,
  { spec, at }: { readonly spec: ActionSpec; readonly at: string },
  context: ActionContext & { readonly diagnostics: Diagnostic[] },
): Resolved {
  const report: Report = ({ below, ...finding }) => {
    context.diagnostics.push(diagnose(resource, { ...finding, at: `${at}.${below}` }));
  };
  const { namespace } = resource;
  const handler = resolveReference(context.handlers, spec.handler, { kind: 'handler', namespace });
  if (handler === undefined) {
    const hint = referenceHint(spec.handler, context.handlers.keys(), { kind: 'handler', namespace });
    const message =
      spec.handler === '' ? 'the action names no handler' : `there is no handler '${spec.handler}'${hint}`;
    report({ code: 'HANDLER_NOT_FOUND', message, below: 'handler' });
  }
  if (spec.instances.length === 0) {
    const message = 'the action names no instances and does nothing';
    report({ severity: 'warning', code: 'ACTION_EMPTY', message, below: 'instances' });
  }

  const groups = new Map<Template, CompiledInstance[]>();
  const seen = new Set<Present<CompiledInstance>>();
  let hidden = handler?.value === undefined;
  for (const [index, reference] of spec.instances.entries()) {
    const found = resolveReference(context.instances, reference, { kind: 'instance', namespace });
    const hint = (): string => referenceHint(reference, context.instances.keys(), { kind: 'instance', namespace });
    const finding = judgeInstance(found, { reference, seen, hint, handler: handler?.value });
    if (finding !== undefined) report({ ...finding, below: `instances[${index}]` });
    else if (found?.value === undefined) hidden = true;
    else append(groups, found.value);
    if (found !== undefined) seen.add(found);
  }
  return { handler: handler?.value, groups, hidden };
}

interface Finding {
  readonly code: string;
  readonly message: string;
}

type Report = (finding: Finding & { readonly below: string; readonly severity?: 'warning' }) => void;

/** What is wrong with a reference to an instance; nothing if the instance is broken, which has been reported. */
function judgeInstance(
  found: Present<CompiledInstance> | undefined,
  use: {
    readonly reference: string;
    readonly seen: ReadonlySet<Present<CompiledInstance>>;
    readonly hint: () => string;
    readonly handler: HandlerConfig | undefined;
  },
): Finding | undefined {
  const { reference, seen, handler, hint } = use;
  if (found === undefined) {
    return { code: 'INSTANCE_NOT_FOUND', message: `there is no instance '${reference}'${hint()}` };
  }
  if (seen.has(found)) return { code: 'INSTANCE_DUPLICATE', message: `instance '${reference}' is listed twice` };
  if (found.value === undefined || handler === undefined || serves(handler, found.value.template)) return undefined;
  const served = handler.adapter.templates.map(({ name }) => name).join(', ');
  const message =
    `handler '${handler.name}' (${handler.adapter.name}) does not take template '${found.value.template.name}', ` +
    `only ${served}`;
  return { code: 'TEMPLATE_NOT_SERVED', message };
}

function serves({ adapter }: HandlerConfig, template: Template): boolean {
  return adapter.templates.some((served) => served.name === template.name);
}

function append(groups: Map<Template, CompiledInstance[]>, instance: CompiledInstance): void {
  const group = groups.get(instance.template);
  if (group === undefined) groups.set(instance.template, [instance]);
  else group.push(instance);
}

/** Gives each output of a named check-with-output action a slot of its own; none for other actions. */
function publish(
  resource: Resource,
  { spec, template }: { readonly spec: ActionSpec; readonly template: Template },
  { vocabulary, aliases }: { readonly vocabulary: Vocabulary; readonly aliases: Map<string, string> },
): CompiledAction['outputs'] {
  if (spec.name === '' || template.variety !== 'CHECK_WITH_OUTPUT') return undefined;
  return outputFields(template).map(({ field, name, type }) => {
    const visible = `${spec.name}.output.${name}`;
    const hidden = `${resource.namespace}/${resource.name}/${type}/${visible}`;
    aliases.set(visible, hidden);
    return [field, vocabulary.slotOf(hidden) ?? vocabulary.defineHidden(hidden, type)] as const;
  });
}
