import { resolve } from 'node:path';
import { Argument, Command } from 'commander';
import type { BuildOptions, Proxy } from '../../pilot/index.js';
import type { CliContext } from '../context.js';
import { loadAdapters } from '../load-adapter.js';
import { parseLogLevels } from '../log-levels.js';
import { type ConfigFeed, openConfigFeed } from '../proxy/config-feed.js';
import { openControlPlane } from '../proxy/control-plane.js';
import { logLevelsOf } from '../proxy/log-levels.js';
import { openMixerLink } from '../proxy/mixer-link.js';
import { createProblemLog, type ProblemLog } from '../proxy/problem-log.js';
import { addProxyFlags, type ProxyFlags } from '../proxy/proxy-flags.js';
import { type RunningProxy, runProxy } from '../proxy/run-proxy.js';
import { openTraceCollector } from '../proxy/trace-collector.js';
import { tuneCollector } from '../proxy/tune-collector.js';
import { createServerLogs, type ServerLogs } from '../server-log.js';
import { MixerError } from '../../util/errors.js';
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
      await serve({ context, info, flags, proxy: identify(role, flags), logs });
    });
}

interface Serving {
  readonly context: CliContext;
  readonly info: VersionInfo;
  readonly flags: ProxyFlags;
  readonly proxy: Proxy;
  readonly logs: ServerLogs;
}

async function serve(serving: Serving): Promise<void> {
  const { context, logs } = serving;
  tuneCollector();
  const log = logs('default');
  context.onStrayRejection((reason) => {
    log.error('a promise was rejected that nobody waited for', { error: String(reason) });
  });
  const stop = context.stopRequested();
  const closing: (() => Promise<void>)[] = [];
  try {
    const running = await start(serving, closing);
    const tellListeners = (): void => {
      for (const [name, { host, port }] of running.proxy.addresses()) {
        log.info(`listening on ${host}:${port}`, { name });
      }
    };
    if (running.isLive()) tellListeners();
    else void running.live.then(tellListeners);
    log.info(`serving the admin interface on http://${running.admin.host}:${running.admin.port}`);
    log.info(`stopping on ${await stop}`);
  } finally {
    for (const close of closing.reverse()) await close();
  }
  log.info('stopped');
}

/** Starts all parts; each leaves behind how it ends, and they end in the opposite order. */
async function start(serving: Serving, closing: (() => Promise<void>)[]): Promise<RunningProxy> {
  const { info, flags, proxy, logs } = serving;
  const { workingDirectory } = serving.context;
  const log = logs('default');
  const configDir = flags.configDir === undefined ? undefined : resolve(workingDirectory, flags.configDir);
  const problems = createProblemLog(log);
  const adapters = await loadAdapters(flags.adapter, workingDirectory);
  const { traceCollector } = flags;
  const spans = traceCollector && (await openTraceCollector(traceCollector, { workingDirectory, log }));
  if (spans !== undefined) closing.push(() => spans.close());
  const feed = await openFeed(serving, configDir, problems);
  closing.push(() => feed.close());
  const mixer = await openMixerLink({
    // Rules for a Mixer of its own are in the folder.
    mixer: configDir === undefined && flags.mixer === 'embedded' ? 'none' : flags.mixer,
    ...{ configDir: configDir ?? '', namespace: proxy.namespace, adapters, problems, log },
    adapterTimeoutMillis: flags.adapterTimeout.toMillis(),
    sourceUid: `kubernetes://${proxy.id}`,
  });
  closing.push(() => mixer.close());
  const running = await runProxy({
    ...{ feed, mixer, spans, version: info.version, log },
    admin: { host: '127.0.0.1', port: flags.proxyAdminPort },
    drainMillis: flags.drainDuration.toMillis(),
    levels: logLevelsOf(logs),
  });
  closing.push(() => running.stop());
  return running;
}

/** With a Pilot, the folder has nothing but the rules for Mixer. */
async function openFeed(
  { context: { workingDirectory }, info: { version }, flags, proxy, logs }: Serving,
  configDir: string | undefined,
  problems: ProblemLog,
): Promise<ConfigFeed & { close(): Promise<void> }> {
  const log = logs('default');
  if (flags.discoveryAddress.length > 0) return openControlPlane({ flags, proxy, workingDirectory, version, log });
  if (configDir === undefined) throw new MixerError('USAGE', 'one of --configDir and --discoveryAddress is needed');
  return openConfigFeed({ configDir, proxy, build: buildOptions(flags), log, problems });
}

function buildOptions(flags: ProxyFlags): BuildOptions {
  const { outboundPorts, outboundAddress, traceSampling, inboundTls, credentialDirectory } = flags;
  const { annotations, meshId } = flags;
  const { certFile: certificateFile, keyFile: privateKeyFile, caFile } = flags;
  return {
    ...{ outboundPorts, outboundAddress, traceSampling, inboundTls, annotations, meshId },
    ...(credentialDirectory === undefined ? {} : { credentialDirectory }),
    ...(certificateFile === '' ? {} : { certificates: { certificateFile, privateKeyFile, caFile } }),
  };
}

/** `reviews-v1.default` is a workload and its namespace. */
function identify(type: Proxy['type'], { id = 'proxy.default', ip, labels, locality }: ProxyFlags): Proxy {
  const dot = id.lastIndexOf('.');
  const namespace = dot === -1 ? 'default' : id.slice(dot + 1);
  return { id: dot === -1 ? `${id}.default` : id, type, namespace, labels, ips: [ip], locality };
}
