import { readFile } from 'node:fs/promises';

import { Command } from 'commander';

import { openStore } from '../../config/index.js';
import { type MixerServer, startMixerServer } from '../../mixer/index.js';
import { createHost, Runtime } from '../../runtime/index.js';
import { templates } from '../../templates/index.js';
import { connectMixer } from '../client/connect.js';
import { type CliContext, printLine } from '../context.js';
import { portIfFree } from '../demo/free-port.js';
import { handOver } from '../demo/hand-over.js';
import { createPaint, type Paint } from '../demo/paint.js';
import { renderMetrics, renderResults } from '../demo/render.js';
import { runScenario, type ScenarioResult } from '../demo/run-traffic.js';
import { scenarios } from '../demo/scenarios.js';
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
  const shop = await createShopFolder();
  try {
    const server = await startDemoServer(context, shop, info);
    try {
      await show(context, { server, shop, info });
      if (!once) {
        handOver(context, { server, shop });
        await stop;
        printLine(context.stdout);
      }
    } finally {
      await server.close(2_000);
    }
  } finally {
    await shop.remove();
  }
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
    store: openStore(`fs://${shop.config}`, { defaultNamespace: 'default', log }),
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
): Promise<void> {
  const paint = createPaint(colour);
  const say = (lines: readonly string[]): void => {
    for (const line of lines) printLine(stdout, line);
  };
  say(['', `${paint.bold(`fairlead ${info.version}`)} serves the rules of a small shop on ${server.address}`, '']);
  const start = performance.now();
  const results = await playAll(server);
  const seconds = (performance.now() - start) / 1000;
  const calls = results.reduce((sum, one) => sum + one.calls, 0);
  say(renderResults(results, paint));
  say(['', `  ${calls} checks and as many reports over gRPC in ${seconds.toFixed(2)} s`, '']);
  say(await telemetry(server, shop, paint));
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
