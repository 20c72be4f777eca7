import { Command } from 'commander';
import { type CliContext, printLine } from '../context.js';
import { createPaint } from '../demo/paint.js';
import { createMeshFolder, type MeshFolder } from '../demo-mesh/mesh-folder.js';
import { type Mesh, startMesh } from '../demo-mesh/mesh.js';
import { openShop, steps } from '../demo-mesh/steps.js';
import { createServerLogs } from '../server-log.js';
import type { VersionInfo } from './version.js';

/** `fairlead demo-mesh`: a shop of four services, each with a sidecar, a gateway, and what rules make of its traffic. */
export function demoMeshCommand(context: CliContext, info: VersionInfo): Command {
  return new Command('demo-mesh')
    .description('start a small shop with sidecars, a gateway and Mixer, and show what its rules do')
    .option('--once', 'end after showing it', false)
    .action(async ({ once }: { once: boolean }) => {
      await runDemo(context, { info, once });
    });
}

async function runDemo(context: CliContext, { info, once }: { info: VersionInfo; once: boolean }): Promise<void> {
  const stop = context.stopRequested();
  const logs = createServerLogs({ stream: context.stderr, json: false, levelOf: () => 'warn' });
  const folder = await createMeshFolder();
  try {
    const mesh = await startMesh({ folder, adapters: [], version: info.version, log: logs('default') });
    try {
      await show(context, { mesh, version: info.version });
      if (once) return;
      handOver(context, { mesh, folder });
      await stop;
      printLine(context.stdout);
    } finally {
      await mesh.close();
    }
  } finally {
    await folder.remove();
  }
}

async function show({ stdout, colour }: CliContext, { mesh, version }: { mesh: Mesh; version: string }): Promise<void> {
  const paint = createPaint(colour);
  const sidecars = mesh.proxies.size - 1;
  printLine(stdout);
  printLine(
    stdout,
    `${paint.bold(`fairlead ${version}`)} runs a shop: ${mesh.apps.size} workloads, ${sidecars} sidecars, ` +
      `a gateway on http://127.0.0.1:${mesh.gatewayPort}, Pilot and Mixer`,
  );
  const shop = openShop(mesh);
  try {
    for (const [at, { title, rule, run }] of steps.entries()) {
      printLine(stdout);
      printLine(stdout, `${at + 1}. ${paint.bold(title)}  ${paint.dim(rule)}`);
      for (const line of await run(shop)) printLine(stdout, `   ${paint.green(line)}`);
    }
    printLine(stdout);
  } finally {
    shop.close();
  }
}

/** Tells how to go on by hand. */
function handOver({ stdout, colour }: CliContext, { mesh, folder }: { mesh: Mesh; folder: MeshFolder }): void {
  const paint = createPaint(colour);
  const admin = mesh.proxies.get('storefront-v1')?.admin.port ?? 0;
  const lines = [
    `${paint.bold('Go on by hand')} in another terminal:`,
    '',
    paint.dim('  # once more through the gateway'),
    `  curl -is -H 'host: shop.example.com' http://127.0.0.1:${mesh.gatewayPort}/reviews/1`,
    '',
    paint.dim("  # what the storefront's sidecar knows and counts"),
    `  curl -s http://127.0.0.1:${admin}/clusters`,
    `  curl -s http://127.0.0.1:${admin}/stats/prometheus`,
    '',
    paint.dim('  # change the weights: it is live about a second after you save it'),
    `  sed -i 's/weight: 90/weight: 50/; s/weight: 10/weight: 50/' ${folder.path}/traffic.yaml`,
    '',
    'Ctrl-C ends the demo.',
  ];
  for (const line of lines) printLine(stdout, line);
}
