import type { Diagnostic } from '../../util/diagnostics.js';
import { diagnose } from './finding.js';
import type { HandlerUse } from './handler-uses.js';
import { below } from './yaml-path.js';

/** What adapters find about handlers and the instances that rules send them; a thrown error is one more finding. */
export function findAboutUses(uses: readonly HandlerUse[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const { config, types } of uses) {
    const { adapter, resource } = config;
    const params = resource.kind === 'handler' ? 'spec.params' : 'spec';
    const report = (path: string, message: string, severity: 'error' | 'warning' = 'error'): void => {
      found.push(diagnose(resource, { severity, code: 'CONFIG_INVALID', message, at: below(params, path) }));
    };
    try {
      adapter.validateTypes?.(config.config, types, report);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      report('', `adapter '${adapter.name}' failed to validate: ${text}`);
    }
  }
  return found;
}
