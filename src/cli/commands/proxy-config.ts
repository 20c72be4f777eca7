import { Command, Option } from 'commander';
import { MixerError } from '../../util/errors.js';
import { askJson, askText } from '../ask-http.js';
import { type CliContext, printLine } from '../context.js';
import { tcpAddress } from '../flag-parsers.js';
import { listClusters } from '../proxy-config/clusters.js';
import { listEndpoints, listHosts } from '../proxy-config/endpoints.js';
import type { Filters, Listing } from '../proxy-config/listing.js';
import { listListeners } from '../proxy-config/listeners.js';
import { levelRequests } from '../proxy-config/log-levels.js';
import { chooseTarget, readTarget, type Target, type TargetFlags } from '../proxy-config/read-target.js';
import { listRoutes } from '../proxy-config/routes.js';
import { textTable } from '../text-table.js';

interface ListFlags extends TargetFlags, Filters {
  readonly output: 'short' | 'json';
}

/** A kind of what a proxy has. */
interface Listable {
  readonly name: string;
  readonly description: string;
  readonly filters: readonly (keyof Filters)[];
  readonly read: (target: Target, filters: Filters) => Promise<Listing>;
}

const kinds: readonly Listable[] = [
  {
    name: 'cluster',
    description: 'list clusters',
    filters: ['fqdn', 'port', 'subset', 'direction'],
    read: async (target, filters) => listClusters(await readTarget(target), filters),
  },
  {
    name: 'listener',
    description: 'list listeners',
    filters: ['address', 'port', 'type', 'name'],
    read: async (target, filters) => listListeners(await readTarget(target), filters),
  },
  {
    name: 'route',
    description: 'list routes that do not come with a listener',
    filters: ['name'],
    read: async (target, filters) => listRoutes(await readTarget(target), filters),
  },
  {
    name: 'endpoint',
    description: 'list endpoints, with their health if a proxy is asked',
    filters: ['address', 'port', 'cluster', 'status'],
    read: async (target, filters) =>
      target.proxy === undefined
        ? listHosts(await askJson(target.server, '/clusters?format=json'), filters)
        : listEndpoints(await readTarget(target), filters),
  },
];

/** `fairlead proxy-config cluster|listener|route|endpoint|log`: what a proxy, ours or Envoy, works with. */
export function proxyConfigCommand(context: CliContext): Command {
  const command = new Command('proxy-config')
    .alias('pc')
    .description('show the configuration of a proxy, ours or Envoy, from its admin port or from Pilot');
  for (const kind of kinds) command.addCommand(listCommand(kind, context));
  return command.addCommand(logCommand(context));
}

function addTarget(command: Command): Command {
  return command
    .argument('[proxy]', 'the admin port as host:port, or the name of a proxy that Pilot is asked about')
    .option('--admin <host:port>', 'the admin port of the proxy', tcpAddress);
}

function listCommand({ name, description, filters, read }: Listable, { stdout }: CliContext): Command {
  const command = addTarget(new Command(name).description(description))
    .option('--pilot <host:port>', "Pilot's port for HTTP", tcpAddress, '127.0.0.1:8080')
    .addOption(new Option('-o, --output <format>', 'how it is written').choices(['short', 'json']).default('short'));
  for (const filter of filters) command.option(`--${filter} <value>`, `only those with this ${filter}`);
  return command.action(async (target: string | undefined, flags: ListFlags) => {
    const { header, rows } = await read(chooseTarget(target, flags), flags);
    if (flags.output === 'json') {
      const all = rows.map(({ resource }) => resource);
      printLine(stdout, JSON.stringify(all, undefined, 2));
      return;
    }
    const lines = textTable(
      header,
      rows.map(({ cells }) => cells),
    );
    for (const line of lines) printLine(stdout, line);
  });
}

function logCommand({ stdout }: CliContext): Command {
  return addTarget(new Command('log'))
    .description('show or change the levels of the log of a proxy')
    .option('--level <levels>', '[logger:]level,...')
    .action(async (text: string | undefined, flags: { readonly admin?: string; readonly level?: string }) => {
      const { server, proxy } = chooseTarget(text, { admin: flags.admin, pilot: '' });
      if (proxy !== undefined) throw new MixerError('USAGE', 'levels are at the admin port: give it as host:port');
      const requests = flags.level === undefined ? ['/logging'] : levelRequests(flags.level);
      let answer = '';
      for (const path of requests) answer = await askText(server, path, 'POST');
      printLine(stdout, answer.trimEnd());
    });
}
