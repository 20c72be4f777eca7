import type { Diagnostic } from '../../util/diagnostics.js';
import { diagnose } from './finding.js';
import type { HandlerUse } from './handler-uses.js';

/** The findings about handlers that could not be built, by key. Every action that uses them is left out meanwhile. */
export function buildFailures(uses: readonly HandlerUse[], failures: ReadonlyMap<string, string>): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const { config } of uses) {
    const reason = failures.get(config.key);
    if (reason === undefined) continue;
    const message = `handler could not be built: ${reason}; it is tried again, and actions that use it are skipped`;
    found.push(diagnose(config.resource, { code: 'HANDLER_BUILD_FAILED', message, at: 'metadata.name', label: '' }));
  }
  return found;
}
