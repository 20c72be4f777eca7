import type { Resource } from '../../config/index.js';
import type { Diagnostic } from '../../util/diagnostics.js';

/** What became of one resource: its compiled form unless it is broken, and all findings. */
export interface Outcome<T> {
  /** Undefined when the resource must be left out. */
  readonly value: T | undefined;
  /** False when something of it does not compile, even if the rest can be used (header operations of a rule). */
  readonly sound: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** An outcome together with the version of the resource that it was made from. */
export interface Kept<T> extends Outcome<T> {
  /** The version to fall back on next time; undefined when no version was sound. */
  readonly good: Resource | undefined;
}

/** A resource that is left out. Without diagnostics when what it hangs on has been reported already. */
export function broken<T>(diagnostics: readonly Diagnostic[]): Outcome<T> {
  return { value: undefined, sound: false, diagnostics };
}

/** A resource that compiled. Its diagnostics must hold no errors. */
export function sound<T>(value: T, diagnostics: readonly Diagnostic[] = []): Outcome<T> {
  return { value, sound: true, diagnostics };
}

/**
 * Compiles a resource; when it is not sound and its last good version still is, that one stays in force and the
 * diagnostics say so. What Mixer did instead: it dropped undecodable changes only, and nothing after a restart.
 */
export function compileOrKeep<T>(
  resource: Resource,
  former: Resource | undefined,
  compile: (resource: Resource) => Outcome<T>,
): Kept<T> {
  const now = compile(resource);
  if (now.sound) return { ...now, good: resource };
  // Also a good version that does not compile at the moment is kept: what it hangs on may be mended before it is.
  if (former === undefined || former.digest === resource.digest) return { ...now, good: former };
  const before = compile(former);
  if (!before.sound) return { ...now, good: former };
  return { ...before, diagnostics: now.diagnostics.map(sayKept), good: former };
}

function sayKept(diagnostic: Diagnostic): Diagnostic {
  if (diagnostic.severity !== 'error') return diagnostic;
  return { ...diagnostic, message: `${diagnostic.message}; the former version stays in force` };
}
