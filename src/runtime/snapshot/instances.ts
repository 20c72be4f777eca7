import type { Resource } from '../../config/index.js';
import type { Template } from '../../sdk/index.js';
import { type Diagnostic, hasErrors } from '../../util/diagnostics.js';
import type { Kinds } from '../kinds.js';
import { instanceSchema } from '../kinds-schemas.js';
import { quotaName, resourceKey } from '../names.js';
import type { InstanceBuilder, OutputBindings } from '../routing/table.js';
import { decode } from './decode.js';
import { compileBindings } from './bindings.js';
import type { Expressions } from './expressions.js';
import { didYouMean } from './did-you-mean.js';
import { diagnose } from './finding.js';
import { type Inferred, ShapeBuilder } from './instance-shape.js';
import { broken, type Outcome, sound } from './outcome.js';
import { type Params, paramsSchema } from './params-schema.js';
import { stableText } from './stable-text.js';

/** An instance that type-checks. Its build function is generated when a rule first uses it. */
export interface CompiledInstance {
  /** Qualified name: `requestcount.metric.istio-system`. */
  readonly key: string;
  readonly template: Template;
  /** The inferred types of its dynamic fields, for the adapter's build. */
  readonly inferred: Inferred;
  /** Equal for instances that look the same to a handler: name, template, params and types. */
  readonly fingerprint: string;
  builder(): InstanceBuilder;
}

/** What instances are compiled in. */
export interface InstanceContext {
  readonly kinds: Kinds;
  readonly expressions: Expressions;
  /** True for an attribute whose declaration has been reported as broken. */
  readonly isReported: (attribute: string) => boolean;
}

interface Source {
  readonly template: Template;
  readonly params: Params;
  readonly paramsAt: string;
  readonly bindings: ReadonlyMap<string, string>;
  readonly bindingsAt: string;
}

const noBindings: ReadonlyMap<string, string> = new Map();

/** Compiles an instance of the kind `instance`, or of a template's own kind if `legacy` is that template. */
export function compileInstance(
  resource: Resource,
  legacy: Template | undefined,
  context: InstanceContext,
): Outcome<CompiledInstance> {
  const diagnostics: Diagnostic[] = [];
  const source =
    legacy === undefined
      ? readInstance(resource, context.kinds, diagnostics)
      : readLegacy(resource, legacy, diagnostics);
  if (source === undefined) return broken(diagnostics);

  const { template, params, paramsAt } = source;
  const shape = new ShapeBuilder(resource, context.expressions).build(template.fields, params, paramsAt);
  diagnostics.push(...shape.diagnostics);
  let silent = shape.silent;
  let bindings: OutputBindings | undefined;
  if (template.variety === 'ATTRIBUTE_GENERATOR') {
    const outcome = compileBindings({ resource, template, ...context }, source.bindings, source.bindingsAt);
    diagnostics.push(...outcome.diagnostics);
    silent ||= outcome.silent;
    bindings = outcome.bindings;
  }
  if (silent || hasErrors(diagnostics)) return broken(diagnostics);

  const key = resourceKey(resource);
  const { fields, inferred } = shape;
  let builder: InstanceBuilder | undefined;
  return sound(
    {
      key,
      template,
      inferred,
      fingerprint: stableText([key, template.name, params, inferred]),
      builder: () =>
        (builder ??= {
          name: key,
          quotaName: quotaName(key),
          build: context.expressions.compileRecord({
            kind: 'record',
            fields: [{ name: 'name', path: 'Name', value: { kind: 'constant', value: key } }, ...fields],
          }),
          bindings,
        }),
    },
    diagnostics,
  );
}

function readLegacy(resource: Resource, template: Template, diagnostics: Diagnostic[]): Source | undefined {
  const decoded = decode(resource, paramsSchema(template, 'legacy'));
  diagnostics.push(...decoded.diagnostics);
  if (hasErrors(decoded.diagnostics)) return undefined;
  const { attributeBindings, ...params } = decoded.value;
  const bindings = attributeBindings instanceof Map ? attributeBindings : noBindings;
  return { template, params, paramsAt: 'spec', bindings, bindingsAt: 'spec.attributeBindings' };
}

function readInstance(resource: Resource, kinds: Kinds, diagnostics: Diagnostic[]): Source | undefined {
  const spec = decode(resource, instanceSchema);
  diagnostics.push(...spec.diagnostics);
  if (hasErrors(spec.diagnostics)) return undefined;
  const { compiledTemplate, attributeBindings } = spec.value;
  const template = kinds.template(compiledTemplate);
  if (template === undefined) {
    diagnostics.push(missingTemplate(resource, spec.value, kinds));
    return undefined;
  }
  const params = decode(resource, paramsSchema(template, 'plain'), 'spec.params');
  diagnostics.push(...params.diagnostics);
  if (hasErrors(params.diagnostics)) return undefined;
  if (template.variety !== 'ATTRIBUTE_GENERATOR' && attributeBindings.size > 0) {
    const message = `attribute bindings have no effect: template '${template.name}' generates no attributes`;
    const at = 'spec.attributeBindings';
    diagnostics.push(diagnose(resource, { severity: 'warning', code: 'BINDING_INVALID', message, at }));
  }
  return {
    template,
    params: params.value,
    paramsAt: 'spec.params',
    bindings: attributeBindings,
    bindingsAt: 'spec.attributeBindings',
  };
}

function missingTemplate(
  resource: Resource,
  spec: { readonly compiledTemplate: string; readonly template: string },
  kinds: Kinds,
): Diagnostic {
  const { compiledTemplate, template } = spec;
  if (compiledTemplate !== '') {
    const message = `there is no template '${compiledTemplate}'${didYouMean(compiledTemplate, kinds.templateNames)}`;
    return diagnose(resource, { code: 'UNKNOWN_TEMPLATE', message, at: 'spec.compiledTemplate' });
  }
  if (template !== '') {
    const message = `out-of-process templates ('${template}') are not supported yet`;
    return diagnose(resource, { code: 'NOT_SUPPORTED_YET', message, at: 'spec.template' });
  }
  return diagnose(resource, { code: 'FIELD_VALUE', message: 'the instance names no compiledTemplate', at: 'spec' });
}
