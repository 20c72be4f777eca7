import type { Snapshot } from '../runtime/index.js';
import type { Log } from '../sdk/index.js';
import { type Diagnostic, formatDiagnostic, plural, summarizeDiagnostics } from '../util/diagnostics.js';

/** Tells the log which configuration is live and what is wrong with it. */
export class SnapshotLog {
  readonly #log: Log;
  #last: readonly string[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  /** Names the snapshot, then each finding; findings that stand exactly as last time are only counted. */
  announce(snapshot: Snapshot): void {
    const lines = snapshot.diagnostics.map(formatDiagnostic);
    const known = new Set(this.#last);
    this.#last = lines;
    this.#log.info(
      `configuration ${snapshot.id} is live: ${plural(snapshot.handlers.length, 'handler')}; ` +
        summarizeDiagnostics(snapshot.diagnostics),
    );
    snapshot.diagnostics.forEach((diagnostic, at) => {
      const line = lines[at] ?? '';
      if (!known.has(line)) this.#write(diagnostic, line);
    });
  }

  #write({ severity }: Diagnostic, line: string): void {
    if (severity === 'error') this.#log.error(line);
    else if (severity === 'warning') this.#log.warn(line);
    else this.#log.info(line);
  }
}
