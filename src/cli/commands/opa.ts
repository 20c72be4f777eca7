import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { Command } from 'commander';

import { type CliContext, printLine } from '../context.js';
import { findConfigFiles } from '../opa/config-files.js';
import { type Compile, prepareText } from '../opa/prepare-text.js';

interface BuildFlags {
  readonly output?: string;
}

/** `fairlead opa build`: prepares a configuration for machines without the `opa` command. */
export function opaCommand(context: CliContext): Command {
  const build = new Command('build')
    .description('compile the Rego of opa handlers and put it into their configuration')
    .argument('<path...>', 'files and folders of configuration')
    .option('-o, --output <folder>', 'write the files there, under their names, instead of printing them')
    .action(async (paths: readonly string[], flags: BuildFlags) => {
      await runBuild(paths, flags, context);
    });
  return new Command('opa').description('work with the policies of opa handlers').addCommand(build);
}

async function runBuild(paths: readonly string[], { output }: BuildFlags, context: CliContext): Promise<void> {
  const files = await findConfigFiles(paths);
  const compile = await loadCompiler();
  let failed = false;
  for (const { path, name } of files) {
    const { text, handlers, problems } = await prepareText(await readFile(path, 'utf8'), compile);
    for (const problem of problems) printLine(context.stderr, `${path}: ${problem}`);
    // A file that is half prepared would only seem to work.
    if (problems.length > 0) failed = true;
    else if (output === undefined) context.stdout.write(asDocument(text));
    else {
      const target = join(output, name);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text);
      printLine(context.stdout, `${target}: ${handlers} ${handlers === 1 ? 'policy' : 'policies'} compiled`);
    }
  }
  if (failed) context.exitWith(1);
}

/** Loaded on use: no other command needs it. */
async function loadCompiler(): Promise<Compile> {
  const { compilePolicy } = await import('fairlead/adapters/opa');
  return (source) => compilePolicy(source, '');
}

/** The text so that another may follow it. */
function asDocument(text: string): string {
  const ended = text.endsWith('\n') ? text : `${text}\n`;
  return /^(?:#.*\n|\s*\n)*---/.test(ended) ? ended : `---\n${ended}`;
}
