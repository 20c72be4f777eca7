import type { Resource } from '../../config/index.js';
import type { Diagnostic } from '../../util/diagnostics.js';
import type { HeaderOperationSpec, RuleSpec } from '../kinds-schemas.js';
import type { Evaluate, HeaderTemplate } from '../routing/table.js';
import type { RuleOutputs } from './actions.js';
import type { Expressions } from './expressions.js';

/** The header operations of a rule: all of them, or none if one is broken. */
export interface HeadersOutcome {
  readonly request: readonly HeaderTemplate[];
  readonly response: readonly HeaderTemplate[];
  readonly sound: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiles a rule's header operations; their values may read the outputs of the rule's named actions. */
export function compileHeaders(
  resource: Resource,
  spec: RuleSpec,
  { expressions, outputs }: { readonly expressions: Expressions; readonly outputs: RuleOutputs },
): HeadersOutcome {
  const diagnostics: Diagnostic[] = [];
  const dropped: string[] = [];
  const compileValue = (source: string, at: string): Evaluate | undefined => {
    const use = { source, at, expected: 'STRING', aliases: outputs.aliases, reported: outputs.reported } as const;
    const { checked, diagnostic } = expressions.check(resource, use);
    if (checked !== undefined) return expressions.compile(checked);
    if (diagnostic !== undefined) diagnostics.push(diagnostic);
    dropped.push(at);
    return undefined;
  };
  const compileAll = (operations: readonly HeaderOperationSpec[], at: string): readonly HeaderTemplate[] =>
    operations.map(({ name, operation, values }, index) => {
      // A removal has no use for values.
      const sources = operation === 'REMOVE' ? [] : values;
      const compiled = sources.map((source, nth) => compileValue(source, `${at}[${index}].values[${nth}]`));
      return { name, operation, values: compiled.filter((value) => value !== undefined) };
    });
  const request = compileAll(spec.requestHeaderOperations, 'spec.requestHeaderOperations');
  const response = compileAll(spec.responseHeaderOperations, 'spec.responseHeaderOperations');
  const sound = dropped.length === 0;
  return sound ? { request, response, sound, diagnostics } : { request: [], response: [], sound, diagnostics };
}
