import { Command, Option } from 'commander';
import { MixerError } from '../../util/errors.js';
import { adminPort, askJson, pilotPort } from '../ask-http.js';
import { type CliContext, printLine } from '../context.js';
import { tcpAddress } from '../flag-parsers.js';
import { readDump } from '../proxy-config/proxy-dump.js';
import { dumpPath, readTarget } from '../proxy-config/read-target.js';
import { compareDumps } from '../proxy-status/compare-dumps.js';
import { type ProxySync, readSync, syncKinds, type SyncKind } from '../proxy-status/sync-status.js';
import { oneLine, textTable } from '../text-table.js';

interface StatusFlags {
  readonly pilot: string;
  readonly admin: string | undefined;
  readonly output: 'short' | 'json';
}

const columns = Object.keys(syncKinds) as readonly SyncKind[];

/** `fairlead proxy-status [PROXY]`: whether proxies have what Pilot sent them. */
export function proxyStatusCommand(context: CliContext): Command {
  return new Command('proxy-status')
    .alias('ps')
    .description('show which proxies have taken what Pilot sent them; of one, how it differs from what it should have')
    .argument('[proxy]', 'a proxy, as name.namespace')
    .option('--pilot <host:port>', "Pilot's port for HTTP", tcpAddress, '127.0.0.1:8080')
    .option('--admin <host:port>', 'the admin port of the proxy, to compare what it has', tcpAddress)
    .addOption(new Option('-o, --output <format>', 'how it is written').choices(['short', 'json']).default('short'))
    .action(async (proxy: string | undefined, flags: StatusFlags) => {
      const all = readSync(await askJson(pilotPort(flags.pilot), '/debug/syncz'), flags.pilot);
      const chosen = all.filter((one) => proxy === undefined || one.proxy === proxy);
      if (proxy !== undefined && chosen.length === 0) {
        throw new MixerError('UNAVAILABLE', `'${proxy}' is not connected to Pilot ${flags.pilot}`);
      }
      if (flags.output === 'json') printLine(context.stdout, JSON.stringify(chosen, undefined, 2));
      else printStatus(chosen, context);
      if (proxy !== undefined && flags.admin !== undefined) await printDifference(proxy, flags, context);
    });
}

function printStatus(all: readonly ProxySync[], { stdout }: CliContext): void {
  const rows = all.map(({ proxy, kinds, pilot, version }) => [
    proxy,
    ...columns.map((column) => kinds[column].cell),
    pilot,
    version,
  ]);
  for (const line of textTable(['NAME', ...columns, 'PILOT', 'VERSION'], rows)) printLine(stdout, line);
  for (const { proxy, kinds } of all) {
    for (const column of columns) {
      const { rejection } = kinds[column];
      if (rejection !== '') printLine(stdout, oneLine(`${proxy} rejects ${column}: ${rejection}`));
    }
  }
}

async function printDifference(proxy: string, { pilot, admin = '' }: StatusFlags, context: CliContext): Promise<void> {
  const [has, wanted] = await Promise.all([
    readTarget({ server: adminPort(admin) }),
    askJson(pilotPort(pilot), dumpPath(proxy)).then(readDump),
  ]);
  const found = compareDumps(has, wanted);
  for (const { title, lines } of found) {
    printLine(context.stdout, lines.length === 0 ? `${title} match` : `${title} do not match:`);
    for (const line of lines) printLine(context.stdout, `  ${line}`);
  }
  if (found.some(({ lines }) => lines.length > 0)) context.exitWith(1);
}
