import type { Readable, Writable } from 'node:stream';

/** What a command may use of its process. The composition root makes the real one, tests make their own. */
export interface CliContext {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** True when stdout is a terminal that understands colours. */
  readonly colour: boolean;
  readonly workingDirectory: string;
  /** How the user called this program, for commands that they may paste: `fairlead` or `node dist/cli/main.js`. */
  readonly self: string;
  /** Sets the exit code; the process ends by itself once nothing is left to do. */
  exitWith(code: number): void;
  /** Calls back for promises that are rejected while nobody waits for them, which otherwise would end the process. */
  onStrayRejection(listener: (reason: unknown) => void): void;
  /** Settles with the signal's name when the user or the supervisor asks the process to stop. */
  stopRequested(): Promise<string>;
}

/** Writes a line to a stream. */
export function printLine(stream: Writable, text = ''): void {
  stream.write(`${text}\n`);
}
