import type { Diagnostic } from '../../util/diagnostics.js';
import { diagnose } from './finding.js';
import type { HandlerUse } from './handler-uses.js';

/**
 * The findings about handlers that could not be built, by key. A last good version in `handlers` serves meanwhile; where
 * there is none, every action that uses the handler is left out.
 */
export function buildFailures(
  uses: readonly HandlerUse[],
  {
    failures,
    handlers,
  }: { readonly failures: ReadonlyMap<string, string>; readonly handlers: ReadonlyMap<string, unknown> },
): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const { config } of uses) {
    const reason = failures.get(config.key);
    if (reason === undefined) continue;
    const meanwhile = handlers.has(config.key)
      ? 'its last good version stays until then'
      : 'and actions that use it are skipped';
    const message = `handler could not be built: ${reason}; it is tried again, ${meanwhile}`;
    found.push(diagnose(config.resource, { code: 'HANDLER_BUILD_FAILED', message, at: 'metadata.name', label: '' }));
  }
  return found;
}
