import type { Resource } from '../../config/index.js';
import { type Diagnostic, hasErrors } from '../../util/diagnostics.js';
import { ruleSchema, type RuleSpec } from '../kinds-schemas.js';
import type { Condition, HeaderTemplate } from '../routing/table.js';
import { decode } from './decode.js';
import { type ActionContext, type CompiledAction, compileActions } from './actions.js';
import type { Expressions } from './expressions.js';
import { compileHeaders } from './headers.js';
import { diagnose } from './finding.js';
import { broken, type Outcome } from './outcome.js';

/** A rule that can run. */
export interface CompiledRule {
  readonly name: string;
  readonly namespace: string;
  /** `name.rule.namespace`, for logs. */
  readonly key: string;
  readonly condition: Condition | undefined;
  readonly actions: readonly CompiledAction[];
  readonly headers: { readonly request: readonly HeaderTemplate[]; readonly response: readonly HeaderTemplate[] };
}

/** What rules are compiled in. */
export interface RuleContext extends ActionContext {
  readonly expressions: Expressions;
}

/**
 * Compiles a rule (drop rules of mixer-core.md 5.4). A match that does not compile drops it; broken references drop
 * themselves; a broken header value drops all header operations, but the rule then gives way to its former version.
 */
export function compileRule(resource: Resource, context: RuleContext): Outcome<CompiledRule> {
  const { value: spec, diagnostics } = decode(resource, ruleSchema);
  if (hasErrors(diagnostics)) return broken(diagnostics);
  const found: Diagnostic[] = [...diagnostics];

  const match = compileMatch(resource, spec, context.expressions);
  const { actions, outputs, ...rest } = compileActions(resource, spec.actions, context);
  const headers = compileHeaders(resource, spec, { expressions: context.expressions, outputs });
  found.push(...match.diagnostics, ...rest.diagnostics, ...headers.diagnostics);
  if (match.broken) return broken(found);
  found.push(...findEmpty(resource, spec));

  const { name, namespace } = resource;
  const key = `${name}.rule.${namespace}`;
  const { condition } = match;
  const { request, response } = headers;
  return {
    value: { name, namespace, key, condition, actions, headers: { request, response } },
    sound: headers.sound,
    diagnostics: found,
  };
}

function compileMatch(
  resource: Resource,
  { match }: RuleSpec,
  expressions: Expressions,
): {
  readonly condition: Condition | undefined;
  readonly broken: boolean;
  readonly diagnostics: readonly Diagnostic[];
} {
  const source = match.trim();
  if (source === '' || source === 'true') return { condition: undefined, broken: false, diagnostics: [] };
  const { checked, diagnostic } = expressions.check(resource, { source, at: 'spec.match', expected: 'BOOL' });
  const diagnostics = diagnostic === undefined ? [] : [diagnostic];
  if (checked === undefined) return { condition: undefined, broken: true, diagnostics };
  return { condition: expressions.condition(checked), broken: false, diagnostics };
}

// Only what the rule says itself: a rule left empty by broken references has been reported through these.
function findEmpty(resource: Resource, spec: RuleSpec): readonly Diagnostic[] {
  const { actions, requestHeaderOperations: request, responseHeaderOperations: response } = spec;
  if (actions.length + request.length + response.length > 0) return [];
  const message = 'the rule has neither actions nor header operations and does nothing';
  return [diagnose(resource, { severity: 'warning', code: 'RULE_EMPTY', message, at: 'spec', label: '' })];
}
