import { resolve } from 'node:path';
import { Argument, Command } from 'commander';
import type { Proxy } from '../../pilot/index.js';
import type { Log } from '../../sdk/index.js';
import type { CliContext } from '../context.js';
import { loadAdapters } from '../load-adapter.js';
import { parseLogLevels } from '../log-levels.js';
import { openConfigFeed } from '../proxy/config-feed.js';
import { openMixerLink } from '../proxy/mixer-link.js';
import { addProxyFlags, type ProxyFlags } from '../proxy/proxy-flags.js';
import { runProxy } from '../proxy/run-proxy.js';
import { createServerLogs } from '../server-log.js';
import type { VersionInfo } from './version.js';

/** `fairlead proxy`: a sidecar or a gateway on a folder of configuration. Runs until it is asked to stop. */
export function proxyCommand(context: CliContext, info: VersionInfo): Command {
  const type = new Argument('[type]', 'what it stands before').choices(['sidecar', 'router']).default('sidecar');
  return addProxyFlags(new Command('proxy'))
    .description('move traffic as VirtualService and DestinationRule say, and ask Mixer about it')
    .addArgument(type)
    .action(async (role: 'sidecar' | 'router', flags: ProxyFlags) => {
      const logs = createServerLogs({
        stream: context.stderr,
        json: flags.log_as_json,
        levelOf: parseLogLevels(flags.log_output_level),
      });
      await serve({ context, info, flags, proxy: identify(role, flags), log: logs('default') });
    });
}

interface Serving {
  readonly context: CliContext;
  readonly info: VersionInfo;
  readonly flags: ProxyFlags;
  readonly proxy: Proxy;
  readonly log: Log;
}

async function serve({ context, info, flags, proxy, log }: Serving): Promise<void> {
  context.onStrayRejection((reason) => {
    log.error('a promise was rejected that nobody waited for', { error: String(reason) });
  });
  const stop = context.stopRequested();
  const configDir = resolve(context.workingDirectory, flags.configDir);
  const { certFile, keyFile, caFile } = flags;
  const certificates = { certificateFile: certFile, privateKeyFile: keyFile, caFile };
  const feed = await openConfigFeed({
    configDir,
    proxy,
    build: { outboundPorts: flags.outboundPorts, ...(certFile === '' ? {} : { certificates }) },
    log,
  });
  const mixer = await openMixerLink({
    mixer: flags.mixer,
    configDir,
    adapters: await loadAdapters(flags.adapter, context.workingDirectory),
    adapterTimeoutMillis: flags.adapterTimeout.toMillis(),
    sourceUid: `kubernetes://${proxy.id}`,
    log,
  });
  const running = await runProxy({
    ...{ feed, mixer, version: info.version, log },
    admin: { host: '127.0.0.1', port: flags.proxyAdminPort },
    drainMillis: flags.drainDuration.toMillis(),
    levels: { list: () => [], set: () => false },
  });
  for (const [name, { host, port }] of running.proxy.addresses()) log.info(`listening on ${host}:${port}`, { name });
  log.info(`serving the admin interface on http://${running.admin.host}:${running.admin.port}`);
  log.info(`stopping on ${await stop}`);
  await running.stop();
  log.info('stopped');
}

/** `reviews-v1.default` is a workload and its namespace. */
function identify(type: Proxy['type'], { id = 'proxy.default', ip, labels, locality }: ProxyFlags): Proxy {
  const dot = id.lastIndexOf('.');
  const namespace = dot === -1 ? 'default' : id.slice(dot + 1);
  return { id: dot === -1 ? `${id}.default` : id, type, namespace, labels, ips: [ip], locality };
}
