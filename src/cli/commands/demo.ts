import { readFile } from 'node:fs/promises';

import { Command } from 'commander';

import { loadDefaultTelemetry, openStore, withDefaults } from '../../config/index.js';
import { type MixerServer, startMixerServer } from '../../mixer/index.js';
import { createHost, Runtime } from '../../runtime/index.js';
import { templates } from '../../templates/index.js';
import { connectMixer } from '../client/connect.js';
import { type CliContext, printLine } from '../context.js';
import { portIfFree } from '../demo/free-port.js';
import { handOver } from '../demo/hand-over.js';
import { createPaint, type Paint } from '../demo/paint.js';
import { type Prometheus, startPrometheus } from '../demo/prometheus.js';
import { queryResults } from '../demo/query-results.js';
import { renderMetrics, renderResults } from '../demo/render.js';
import { runScenario, type ScenarioResult } from '../demo/run-traffic.js';
import { type AttributeList, scenarios } from '../demo/scenarios.js';
import { createShopFolder, type ShopFolder } from '../demo/shop-folder.js';
import { builtInAdapters } from '../inventory.js';
import { loadAdapters } from '../load-adapter.js';
import { createServerLogs } from '../server-log.js';
import type { VersionInfo } from './version.js';

const defaultPorts = { api: 9091, monitoring: 15_014, metrics: 42_422 };

/** `fairlead demo`: a Mixer, a shop's rules, a few hundred calls, and what was decided. */
export function demoCommand(context: CliContext, info: VersionInfo): Command {
  return new Command('demo')
    .description('start a Mixer for a small shop, send it some traffic and show what it decided')
    .option('--once', 'end after showing it', false)
    .action(async ({ once }: { once: boolean }) => {
      await runDemo(context, { info, once });
    });
}

async function runDemo(context: CliContext, { info, once }: { info: VersionInfo; once: boolean }): Promise<void> {
  const stop = context.stopRequested();
  const stopped = new AbortController();
  void stop.then(() => {
    stopped.abort();
  });
  const shop = await createShopFolder();
  try {
    const server = await startDemoServer(context, shop, info);
    const starting = startPrometheus({ folder: shop.root, targets: targetsOf(server), signal: stopped.signal });
    try {
      const results = await show(context, { server, shop, info });
      await showPrometheus(context, await starting, results);
      if (!once) {
        handOver(context, { server, shop });
        await stop;
        printLine(context.stdout);
      }
    } finally {
      await (await starting)?.close();
      await server.close(2_000);
    }
  } finally {
    await shop.remove();
  }
}

function targetsOf({ metricsUrl = '', monitoringUrl = '' }: MixerServer): Record<string, string> {
  return { mesh: metricsUrl, mixer: monitoringUrl };
}

async function startDemoServer(context: CliContext, shop: ShopFolder, info: VersionInfo): Promise<MixerServer> {
  const logs = createServerLogs({ stream: context.stderr, json: false, levelOf: () => 'warn' });
  const adapters = await loadAdapters(builtInAdapters, context.workingDirectory);
  const host = createHost({ log: logs('adapters') });
  const log = logs('default');
  const loopback = '127.0.0.1';
  return await startMixerServer({
    runtime: new Runtime({ adapters, templates, host, defaultNamespace: 'istio-system' }),
    host,
    store: withDefaults(
      openStore(`fs://${shop.config}`, { defaultNamespace: 'default', log }),
      await loadDefaultTelemetry(['metrics'], 'istio-system'),
    ),
    log,
    version: info.version,
    address: { kind: 'tcp', host: loopback, port: await portIfFree(defaultPorts.api) },
    monitoring: { host: loopback, port: await portIfFree(defaultPorts.monitoring) },
    prometheus: { kind: 'tcp', host: loopback, port: await portIfFree(defaultPorts.metrics) },
    maxMessageSize: 1_048_576,
    maxConcurrentStreams: 1024,
  });
}

async function show(
  { stdout, colour }: CliContext,
  { server, shop, info }: { server: MixerServer; shop: ShopFolder; info: VersionInfo },
): Promise<readonly ScenarioResult[]> {
  const paint = createPaint(colour);
  const say = (lines: readonly string[]): void => {
    for (const line of lines) printLine(stdout, line);
  };
  say(['', `${paint.bold(`fairlead ${info.version}`)} serves the rules of a small shop on ${server.address}`, '']);
  const start = performance.now();
  const results = await playAll(server);
  const seconds = (performance.now() - start) / 1000;
  const calls = results.reduce((sum, one) => sum + one.calls, 0);
  const reports = results.reduce((sum, one) => sum + one.reports.length, 0);
  say(renderResults(results, paint));
  say(['', `  ${calls} checks and ${reports} reports over gRPC in ${seconds.toFixed(2)} s`, '']);
  say(await telemetry(server, shop, paint));
  return results;
}

async function showPrometheus(
  { stdout, colour }: CliContext,
  prometheus: Prometheus | undefined,
  results: readonly ScenarioResult[],
): Promise<void> {
  const isRequest = (attributes: AttributeList): boolean => attributes.some(([name]) => name === 'request.time');
  const requests = results.flatMap(({ reports }) => reports).filter(isRequest).length;
  const lines =
    prometheus === undefined
      ? ['There is no Prometheus on the PATH; with one, the demo ends with two queries.', '']
      : await queryResults(prometheus, requests, createPaint(colour));
  for (const line of lines) printLine(stdout, line);
}

async function playAll(server: MixerServer): Promise<ScenarioResult[]> {
  const mixer = connectMixer(server.address);
  try {
    const results: ScenarioResult[] = [];
    for (const scenario of scenarios) results.push(await runScenario(scenario, mixer));
    return results;
  } finally {
    mixer.close();
  }
}

async function telemetry(server: MixerServer, shop: ShopFolder, paint: Paint): Promise<string[]> {
  const url = server.metricsUrl ?? '';
  const metrics = await (await fetch(url)).text();
  const lines = (await readFile(shop.accessLog, 'utf8')).trimEnd().split('\n');
  return [
    `${paint.bold('Metrics')} at ${url}`,
    ...renderMetrics(metrics, paint),
    '',
    `${paint.bold('Access log')} in ${shop.accessLog}, ${lines.length} lines, the last one:`,
    paint.dim(`  ${lines.at(-1) ?? ''}`),
    '',
  ];
}
