import { Command } from 'commander';

import { type ConfigStore, loadDefaultTelemetry, openStore, withDefaults } from '../../config/index.js';
import {
  keepProbeFile,
  type ListenAddress,
  type MixerServer,
  parseAddress,
  startMixerServer,
} from '../../mixer/index.js';
import { createHost, Runtime } from '../../runtime/index.js';
import type { Log } from '../../sdk/index.js';
import { templates } from '../../templates/index.js';
import type { CliContext } from '../context.js';
import { builtInAdapters } from '../inventory.js';
import { loadAdapters } from '../load-adapter.js';
import { parseLogLevels } from '../log-levels.js';
import { addMixerFlags, ignoredFlags, type MixerFlags } from '../mixer-flags.js';
import { createServerLogs, type ServerLogs } from '../server-log.js';
import { parseTcpAddress } from '../tcp-address.js';
import type { VersionInfo } from './version.js';

/** `fairlead mixer`: the server. Runs until it is asked to stop. */
export function mixerCommand(context: CliContext, info: VersionInfo): Command {
  return addMixerFlags(new Command('mixer'))
    .description('serve Check and Report over gRPC')
    .action(async (flags: MixerFlags, command: Command) => {
      const logs = createServerLogs({
        stream: context.stderr,
        json: flags.log_as_json,
        levelOf: parseLogLevels(flags.log_output_level),
      });
      tellStart(logs('default'), { info, flags, command });
      await serve({ context, flags, info, logs });
    });
}

// Mixer's order: settings, then version, then port.
function tellStart(
  log: Log,
  { info, flags, command }: { info: VersionInfo; flags: MixerFlags; command: Command },
): void {
  const settings = Object.entries(flags).filter(([name]) => command.getOptionValueSource(name) !== undefined);
  log.info(`settings: ${settings.map(([name, value]) => `--${name}=${String(value)}`).join(' ')}`);
  for (const { flag, why } of ignoredFlags(command)) log.warn(`${flag} has no effect: ${why}`);
  log.info(`fairlead ${info.version}, Node ${info.node}`);
}

interface Serving {
  readonly context: CliContext;
  readonly flags: MixerFlags;
  readonly info: VersionInfo;
  readonly logs: ServerLogs;
}

async function serve(serving: Serving): Promise<void> {
  const { context, logs } = serving;
  const log = logs('default');
  // Adapters are not ours: what they forget to catch must not end the server.
  context.onStrayRejection((reason) => {
    log.error('a promise was rejected that nobody waited for', { error: String(reason) });
  });
  // Asked for before anything starts, so that a signal during the start is not lost.
  const stop = context.stopRequested();
  const server = await start(serving);
  const stopProbes = startProbes(serving.flags, server, log);
  log.info(`serving Check and Report on ${server.address}`);
  log.info(`serving monitoring on ${server.monitoringUrl ?? ''}`);
  log.info(`stopping on ${await stop}`);
  await Promise.all(stopProbes.map((end) => end()));
  await server.close();
  log.info('stopped');
}

async function start({ context, flags, info, logs }: Serving): Promise<MixerServer> {
  const adapters = await loadAdapters([...builtInAdapters, ...flags.adapter], context.workingDirectory);
  const host = createHost({ log: logs('adapters'), adapterTimeoutMs: flags.adapterTimeout.toMillis() });
  const log = logs('default');
  const address: ListenAddress =
    flags.address === undefined ? { kind: 'tcp', host: '', port: flags.port } : parseAddress(flags.address);
  return await startMixerServer({
    runtime: new Runtime({ adapters, templates, host, defaultNamespace: flags.configDefaultNamespace }),
    host,
    store: await openConfig(flags, log),
    log,
    version: info.version,
    address,
    monitoring: { host: '', port: flags.monitoringPort },
    prometheus: parseTcpAddress(flags.prometheusAddress),
    maxMessageSize: flags.maxMessageSize,
    maxConcurrentStreams: flags.maxConcurrentStreams,
  });
}

async function openConfig(flags: MixerFlags, log: Log): Promise<ConfigStore> {
  const store = openStore(flags.configStoreURL, { defaultNamespace: flags.namespace, log });
  if (flags.defaultTelemetry.length === 0) return store;
  return withDefaults(store, await loadDefaultTelemetry(flags.defaultTelemetry, flags.configDefaultNamespace));
}

function startProbes(flags: MixerFlags, server: MixerServer, log: Log): (() => Promise<void>)[] {
  const probes = [
    [flags.livenessProbePath, flags.livenessProbeInterval],
    [flags.readinessProbePath, flags.readinessProbeInterval],
  ] as const;
  return probes
    .filter(([path, interval]) => path !== '' && interval.toMillis() > 0)
    .map(([path, interval]) =>
      keepProbeFile({ path, intervalMillis: interval.toMillis(), healthy: () => server.ready, log }),
    );
}
