import { Command } from 'commander';

import { loadDefaultTelemetry, type TelemetryPart } from '../../config/index.js';
import {
  compareDiagnostics,
  formatDiagnostic,
  hasErrors,
  plural,
  summarizeDiagnostics,
} from '../../util/diagnostics.js';
import { type CliContext, printLine } from '../context.js';
import { collect } from '../flag-parsers.js';
import { builtInAdapters } from '../inventory.js';
import { loadAdapters } from '../load-adapter.js';
import { telemetryOption } from '../telemetry-option.js';
import { validateConfig } from '../validate-config.js';

interface ValidateFlags {
  readonly namespace: string;
  readonly adapter: readonly string[];
  readonly configDefaultNamespace: string;
  readonly defaultTelemetry: readonly TelemetryPart[];
}

/** `fairlead validate PATH...`: finds all that is wrong with a configuration without serving it. */
export function validateCommand(context: CliContext): Command {
  return new Command('validate')
    .description('check configuration files or folders and list everything that is wrong with them')
    .argument('<path...>', 'files and folders, taken together as one configuration')
    .option('--namespace <name>', 'namespace of resources that name none', 'default')
    .option('--adapter <module>', 'load a further adapter: a package or ./path.js; may be repeated', collect, [])
    .option('--configDefaultNamespace <name>', 'namespace whose rules apply to all requests', 'istio-system')
    .addOption(telemetryOption())
    .action(async (paths: readonly string[], flags: ValidateFlags) => {
      await runValidate(paths, flags, context);
    });
}

async function runValidate(paths: readonly string[], flags: ValidateFlags, context: CliContext): Promise<void> {
  const adapters = await loadAdapters([...builtInAdapters, ...flags.adapter], context.workingDirectory);
  const defaults = await loadDefaultTelemetry(flags.defaultTelemetry, flags.configDefaultNamespace);
  const { diagnostics, resources } = await validateConfig(paths, { adapters, namespace: flags.namespace, defaults });
  for (const one of [...diagnostics].sort(compareDiagnostics)) printLine(context.stdout, formatDiagnostic(one));
  printLine(context.stdout, `${plural(resources, 'resource')}: ${summarizeDiagnostics(diagnostics)}`);
  if (hasErrors(diagnostics)) context.exitWith(1);
}
