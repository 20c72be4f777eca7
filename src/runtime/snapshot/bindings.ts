import type { Vocabulary } from '../../attributes/index.js';
import type { Resource } from '../../config/index.js';
import type { Template } from '../../sdk/index.js';
import type { Diagnostic } from '../../util/diagnostics.js';
import type { OutputBindings } from '../routing/table.js';
import type { Expressions } from './expressions.js';
import { diagnose } from './finding.js';
import { outputFields } from './manifests.js';
import { childPath } from './yaml-path.js';

/** Attribute bindings of a generator's instance, or what is wrong with them. */
export interface BindingsOutcome {
  readonly bindings: OutputBindings;
  readonly diagnostics: readonly Diagnostic[];
  readonly silent: boolean;
}

/**
 * Compiles the bindings of a generator's instance: `$out.field` stands for the qualified output attribute. The target
 * must be a known attribute of the same type (mixer-core.md 4.4).
 */
export function compileBindings(
  { resource, template, expressions, isReported }: BindingContext,
  entries: ReadonlyMap<string, string>,
  at: string,
): BindingsOutcome {
  const { vocabulary } = expressions;
  const diagnostics: Diagnostic[] = [];
  const bindings: OutputBindings['bindings'][number][] = [];
  const aliases = outputAliases(template, vocabulary);
  let silent = false;
  for (const [attribute, source] of entries) {
    const spot = { at: childPath(at, attribute), label: `attributeBindings[${attribute}]` };
    const slot = vocabulary.slotOf(attribute);
    if (slot === undefined) {
      silent ||= isReported(attribute);
      if (isReported(attribute)) continue;
      const message = `attribute '${attribute}' is in no manifest`;
      diagnostics.push(diagnose(resource, { ...spot, code: 'BINDING_INVALID', message }));
      continue;
    }
    const { checked, diagnostic } = expressions.check(resource, { ...spot, source, aliases });
    if (checked === undefined) {
      if (diagnostic === undefined) silent = true;
      else diagnostics.push(diagnostic);
    } else if (checked.type !== vocabulary.typeOf(slot)) {
      const message = `attribute '${attribute}' is ${vocabulary.typeOf(slot)}, the expression is ${checked.type}`;
      diagnostics.push(diagnose(resource, { ...spot, code: 'BINDING_INVALID', message }));
    } else {
      // What the client sent wins over what is generated, so it has to be known.
      vocabulary.markRead(slot);
      bindings.push({ slot, attribute, evaluate: expressions.compile(checked) });
    }
  }
  return {
    bindings: { outputs: usedOutputs(template, vocabulary, [...entries.values()]), bindings },
    diagnostics,
    silent,
  };
}

/** What bindings are compiled in. */
export interface BindingContext {
  readonly resource: Resource;
  readonly template: Template;
  readonly expressions: Expressions;
  /** True for an attribute whose declaration has been reported as broken. */
  readonly isReported: (attribute: string) => boolean;
}

/**
 * `$out.field`, and the qualified name that Mixer puts in its place, both stand for a hidden slot: what a client sends
 * under the qualified name is not the adapter's output.
 */
function outputAliases(template: Template, vocabulary: Vocabulary): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  for (const { name, type } of outputFields(template)) {
    const hidden = hiddenName(template, name);
    if (vocabulary.slotOf(hidden) === undefined) vocabulary.defineHidden(hidden, type);
    aliases.set(`$out.${name}`, hidden);
    aliases.set(`${template.outputPrefix}${name}`, hidden);
  }
  return aliases;
}

function hiddenName(template: Template, output: string): string {
  return `/${template.name}/$out.${output}`;
}

// Outputs that no binding mentions need not be laid over the request.
function usedOutputs(
  template: Template,
  vocabulary: Vocabulary,
  sources: readonly string[],
): OutputBindings['outputs'] {
  const text = sources.join('\n');
  const used: (readonly [string, number])[] = [];
  for (const { field, name } of outputFields(template)) {
    const slot = vocabulary.slotOf(hiddenName(template, name));
    const mentioned = text.includes(`$out.${name}`) || text.includes(`${template.outputPrefix}${name}`);
    if (slot !== undefined && mentioned) used.push([field, slot]);
  }
  return used;
}
