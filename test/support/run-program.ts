import { PassThrough, Readable } from 'node:stream';
import type { CliContext } from '../../src/cli/context.js';
import { runProgram } from '../../src/cli/program.js';

/** What a command line that ran in this process did. */
export interface ProgramResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process. */
export async function runInProcess(args: readonly string[]): Promise<ProgramResult> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let code = 0;
  const context: CliContext = {
    stdin: Readable.from([]),
    ...{ stdout, stderr },
    colour: false,
    workingDirectory: '.',
    self: 'fairlead',
    exitWith: (wanted) => {
      code = wanted;
    },
    onStrayRejection: () => undefined,
    stopRequested: () => new Promise(() => undefined),
  };
  await runProgram(args, context, { version: '9.8.7', node: 'v20' });
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? '';
  return { code, out: text(stdout), err: text(stderr) };
}
