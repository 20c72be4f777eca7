import { createInterface } from 'node:readline';

import { Command, Option } from 'commander';

import type { Engine } from '../../expr/index.js';
import { type CliContext, printLine } from '../context.js';
import { evalLine, type EvalMode } from '../eval/eval-line.js';

interface EvalFlags {
  readonly engine?: Engine;
  readonly parse: boolean;
}

/** `fairlead eval`: answers expressions, one JSON object a line in, one out, in order. */
export function evalCommand(context: CliContext): Command {
  return new Command('eval')
    .description('evaluate expressions: NDJSON {"expr","manifest","attributes"} on stdin, one answer a line on stdout')
    .addOption(new Option('--engine <engine>', 'how expressions run').choices(['compiled', 'interpreted']))
    .option('--parse', 'only parse: {"expr"} gives {"canonical"}', false)
    .action(async (flags: EvalFlags) => {
      await runEval(flags.parse ? { kind: 'parse' } : { kind: 'evaluate', engine: flags.engine }, context);
    });
}

async function runEval(mode: EvalMode, { stdin, stdout }: CliContext): Promise<void> {
  for await (const line of createInterface({ input: stdin, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    printLine(stdout, evalLine(line, mode));
    // A reader that is slower than we are must not make us hold all answers.
    if (stdout.writableNeedDrain) await new Promise((resolve) => stdout.once('drain', resolve));
  }
}
