import { Command, CommanderError, type Option } from 'commander';

import { Duration } from '../util/duration.js';
import { MixerError } from '../util/errors.js';
import { analyzeCommand } from './commands/analyze.js';
import { checkCommand } from './commands/check.js';
import { demoCommand } from './commands/demo.js';
import { demoMeshCommand } from './commands/demo-mesh.js';
import { describeCommand } from './commands/describe.js';
import { evalCommand } from './commands/eval.js';
import { mixerCommand } from './commands/mixer.js';
import { opaCommand } from './commands/opa.js';
import { pilotCommand } from './commands/pilot.js';
import { probeCommand } from './commands/probe.js';
import { proxyCommand } from './commands/proxy.js';
import { proxyConfigCommand } from './commands/proxy-config.js';
import { proxyStatusCommand } from './commands/proxy-status.js';
import { reportCommand } from './commands/report.js';
import { validateCommand } from './commands/validate.js';
import { versionCommand, type VersionInfo } from './commands/version.js';
import { type CliContext, printLine } from './context.js';

/** Exit code of a command line that makes no sense, as opposed to 1 for what failed in the doing. */
const usageExit = 2;

/**
 * Runs one command line. Never rejects: what goes wrong is written to stderr and told by the exit code, 2 for a wrong
 * command line, 1 for everything else.
 */
export async function runProgram(args: readonly string[], context: CliContext, info: VersionInfo): Promise<void> {
  try {
    await createProgram(context, info).parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      context.exitWith(error.exitCode === 0 ? 0 : usageExit);
      return;
    }
    const failure = MixerError.from(error);
    printLine(context.stderr, `fairlead: ${failure.message}`);
    // A bug of ours is worth its stack; a failure of the world has said all there is.
    if (!(error instanceof MixerError) && failure.cause instanceof Error) {
      printLine(context.stderr, failure.cause.stack ?? '');
    }
    context.exitWith(failure.code === 'USAGE' ? usageExit : 1);
  }
}

function createProgram(context: CliContext, info: VersionInfo): Command {
  const commands = [
    mixerCommand(context, info),
    proxyCommand(context, info),
    pilotCommand(context, info),
    checkCommand(context),
    reportCommand(context),
    validateCommand(context),
    analyzeCommand(context),
    describeCommand(context),
    proxyStatusCommand(context),
    proxyConfigCommand(context),
    evalCommand(context),
    demoCommand(context, info),
    demoMeshCommand(context, info),
    opaCommand(context),
    probeCommand(context),
    versionCommand(context, info),
  ];
  const program = new Command('fairlead')
    .description("Mixer for today's mesh: policy checks, quotas and telemetry from Istio's rules.")
    .version(info.version, '--version', 'print the version');
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...commands, ...commands.flatMap((one) => [...one.commands])]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'fairlead: '));
      },
    });
    for (const option of command.options) wordDefault(option);
  }
  return program;
}

// The library writes defaults as JSON, which is no way to write a duration on a command line.
function wordDefault(option: Option): void {
  const value: unknown = option.defaultValue;
  if (option.defaultValueDescription !== undefined) return;
  if (value instanceof Duration) option.default(value, value.toString());
  else if (value === '' || (Array.isArray(value) && value.length === 0)) option.default(value, 'none');
}
