import { Command, Option } from 'commander';

import { type CliContext, printLine } from '../context.js';

/** What `fairlead version` and the server's `/version` tell. */
export interface VersionInfo {
  readonly version: string;
  /** Of Node, for example `v20.20.2`. */
  readonly node: string;
}

/** `fairlead version [--short] [--output json]` */
export function versionCommand(context: CliContext, info: VersionInfo): Command {
  return new Command('version')
    .description('print the version')
    .option('-s, --short', 'only the number', false)
    .addOption(new Option('-o, --output <format>', 'how it is written').choices(['json']))
    .action(({ short, output }: { short: boolean; output?: string }) => {
      if (output === 'json') printLine(context.stdout, JSON.stringify(info));
      else printLine(context.stdout, short ? info.version : `fairlead ${info.version} (Node ${info.node})`);
    });
}
