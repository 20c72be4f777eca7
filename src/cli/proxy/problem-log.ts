import type { Log } from '../../sdk/index.js';
import { type Diagnostic, formatDiagnostic } from '../../util/diagnostics.js';

/** Tells what is wrong with the configuration once, for as long as it is wrong, whoever finds it. */
export interface ProblemLog {
  /** What a finder finds now, in place of what it found before. */
  replace(finder: string, found: readonly (Diagnostic | string)[]): void;
}

const levels = { error: 'error', warning: 'warn', info: 'info' } as const;

/** Makes a {@link ProblemLog}. */
export function createProblemLog(log: Log): ProblemLog {
  const known = new Map<string, ReadonlySet<string>>();
  return {
    replace(finder, found) {
      const told = new Set([...known.values()].flatMap((lines) => [...lines]));
      const lines = new Set<string>();
      for (const one of found) {
        const line = typeof one === 'string' ? one : formatDiagnostic(one);
        lines.add(line);
        if (told.has(line)) continue;
        told.add(line);
        log[typeof one === 'string' ? 'warn' : levels[one.severity]](line);
      }
      known.set(finder, lines);
    },
  };
}
