import { stat } from 'node:fs/promises';

import { Command } from 'commander';

import type { Duration } from '../../util/duration.js';
import { MixerError } from '../../util/errors.js';
import { type CliContext, printLine } from '../context.js';
import { duration } from '../flag-parsers.js';

// What a busy machine may be late by (mixer-core.md 6.12).
const slackMillis = 10;

/** `fairlead probe`: tells by its exit code whether a server keeps its probe file fresh. */
export function probeCommand({ stdout }: CliContext): Command {
  return new Command('probe')
    .description("check a server's liveness or readiness by the file it touches")
    .requiredOption('--probe-path <path>', 'the file, as given to --livenessProbePath or --readinessProbePath')
    .requiredOption('--interval <duration>', 'how old it may be', duration)
    .action(async ({ probePath, interval }: { probePath: string; interval: Duration }) => {
      const found = await stat(probePath).catch((error: unknown) => {
        throw new MixerError('UNAVAILABLE', `probe file '${probePath}' is not there`, error);
      });
      const age = Date.now() - found.mtimeMs;
      if (age > interval.toMillis() + slackMillis) {
        throw new MixerError('UNAVAILABLE', `probe file '${probePath}' is ${Math.round(age)} ms old`);
      }
      printLine(stdout, 'OK');
    });
}
