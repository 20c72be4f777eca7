import { Command } from 'commander';
import type { CliContext } from '../context.js';
import { parseLogLevels } from '../log-levels.js';
import { addPilotFlags, type PilotFlags } from '../pilot/pilot-flags.js';
import { runPilot } from '../pilot/run-pilot.js';
import { createServerLogs } from '../server-log.js';
import type { VersionInfo } from './version.js';

/** `fairlead pilot`: tells proxies over xDS what traffic rules and registries say. Runs until it is asked to stop. */
export function pilotCommand(context: CliContext, info: VersionInfo): Command {
  return addPilotFlags(new Command('pilot'))
    .description('tell Envoys, gRPC clients and proxies over xDS what traffic rules and registries say')
    .action(async (flags: PilotFlags) => {
      const { workingDirectory, stderr } = context;
      const logs = createServerLogs({
        stream: stderr,
        json: flags.log_as_json,
        levelOf: parseLogLevels(flags.log_output_level),
      });
      const log = logs('default');
      context.onStrayRejection((reason) => {
        log.error('a promise was rejected that nobody waited for', { error: String(reason) });
      });
      log.info(`fairlead ${info.version}, Node ${info.node}`);
      // Asked for before anything starts, so that a signal during the start is not lost.
      await runPilot({ flags, workingDirectory, version: info.version, log, stop: context.stopRequested() });
    });
}
