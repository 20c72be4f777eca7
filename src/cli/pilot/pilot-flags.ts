import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ListenAt } from '../../pilot/index.js';
import type { Duration } from '../../util/duration.js';
import { boolean, duration, positiveDuration } from '../flag-parsers.js';
import { parseTcpAddress } from '../tcp-address.js';

/** A source of services. */
export type RegistryName = 'file' | 'kubernetes' | 'consul';

/** Where to listen; empty for nowhere, as Istio has it. */
type Place = ListenAt | '';

/** The flags of `fairlead pilot`; those that `pilot-discovery discovery` had are spelled as there (mesh.md 3.9). */
export interface PilotFlags {
  readonly configDir: string;
  readonly namespace: string;
  readonly registries: readonly RegistryName[];
  readonly meshConfig: string | undefined;
  readonly domain: string;
  readonly trustDomain: string;
  readonly kubeconfig: string;
  readonly appNamespace: string;
  readonly consulserverURL: string | undefined;
  readonly resync: Duration;
  readonly grpcAddr: Place;
  readonly secureGrpcAddr: Place | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly caFile: string | undefined;
  readonly httpAddr: Place;
  readonly monitoringAddr: Place;
  readonly debugAccess: 'loopback' | 'any';
  readonly keepaliveInterval: Duration;
  readonly keepaliveTimeout: Duration;
  readonly keepaliveMaxServerConnectionAge: Duration;
  readonly debounceAfter: Duration;
  readonly debounceMax: Duration;
  readonly drainDuration: Duration;
  readonly log_output_level: string;
  readonly log_as_json: boolean;
}

// What Pilot had, and what to do without it. Silence would leave a mesh other than its operator thinks it is.
const refused: readonly (readonly [flags: string, hint: string])[] = [
  ['--networksConfig <path>', 'meshes of several networks are not supported yet: start without it'],
  ['--plugins <names>', 'there are none: what they did is part of each configuration; start without it'],
  ['--profile [bool]', 'use node --inspect or --cpu-prof'],
  ['--mcpServerAddrs <urls>', 'MCP is not supported: put the resources into the folder of --configDir'],
  ['--disable-install-crds [bool]', 'no resource definitions are ever installed: start without it'],
];

/** Adds all flags. */
export function addPilotFlags(command: Command): Command {
  command.requiredOption(
    '--configDir <folder>',
    'where the configuration is: traffic, services, what holds for the mesh',
  );
  addSources(command);
  addPorts(command);
  addPatience(command);
  command
    .option('--log_output_level <levels>', '[scope:]level,...: debug, info, warn, error, fatal, none', 'default:info')
    .addOption(new Option('--log_as_json [bool]', 'write logs as JSON').argParser(boolean).default(false));
  for (const [flags, hint] of refused) command.addOption(new Option(flags).argParser(refuse(hint)).hideHelp());
  return command;
}

function addSources(command: Command): void {
  command
    .option('--namespace <name>', 'namespace of resources that name none', 'default')
    .addOption(
      new Option('--registries <names>', 'where services are known from: file, kubernetes, consul, with commas')
        .argParser(registryNames)
        .default(['file'], 'file'),
    )
    .option('--meshConfig <path>', 'what holds for the mesh, where the folder has no MeshConfig')
    .option('--domain <name>', 'what the hosts of services end in', 'cluster.local')
    .option('--trust-domain <name>', 'what the identities of services begin with', 'cluster.local')
    .option('--kubeconfig <path>', 'the cluster; the one around this process when left out', '')
    .option('--appNamespace <name>', 'the one namespace of Kubernetes whose services are taken; all when left out', '')
    .option('--consulserverURL <url>', "Consul's HTTP API")
    .addOption(
      new Option('--resync <duration>', 'how often all is worked out again without being told; 0 for never')
        .argParser(duration)
        .default(duration('0s'), '0s'),
    );
}

function addPorts(command: Command): void {
  const address = (flag: string, what: string): Option => new Option(`${flag} <host:port>`, what).argParser(place);
  command
    .addOption(address('--grpcAddr', 'where xDS is served, plain text').default(place(':15010'), ':15010'))
    .addOption(address('--secureGrpcAddr', 'where xDS is served with TLS; :15012 with a certificate'))
    .option('--certFile <path>', 'certificate of --secureGrpcAddr')
    .option('--keyFile <path>', 'its key')
    .option('--caFile <path>', 'with it, proxies must show a certificate that one of these has signed')
    .addOption(address('--httpAddr', 'where /ready and /debug are').default(place(':8080'), ':8080'))
    .addOption(address('--monitoringAddr', 'where /metrics and /version are').default(place(':15014'), ':15014'))
    .addOption(
      new Option('--debugAccess <who>', 'who may read /debug: those on this machine, or anybody')
        .choices(['loopback', 'any'])
        .default('loopback'),
    );
}

function addPatience(command: Command): void {
  const time = (flag: string, what: string, usual: string, parse = positiveDuration): Option =>
    new Option(`${flag} <duration>`, what).argParser(parse).default(duration(usual), usual);
  command
    .addOption(time('--keepaliveInterval', 'how often a quiet proxy is asked whether it is there', '30s'))
    .addOption(time('--keepaliveTimeout', 'how long it may take to say so', '10s'))
    .addOption(
      time(
        '--keepaliveMaxServerConnectionAge',
        'how old a connection gets before the proxy is asked to connect anew; 0 for no end',
        '30m',
        duration,
      ),
    )
    .addOption(time('--debounceAfter', 'a push waits until nothing has changed for this long', '100ms', duration))
    .addOption(time('--debounceMax', 'but not longer than this', '10s', duration))
    .addOption(time('--drainDuration', 'how long proxies may take to leave at the end', '2s', duration));
}

function refuse(hint: string): (text: string) => never {
  return () => {
    throw new InvalidArgumentError(`Not supported; ${hint}.`);
  };
}

const names: ReadonlyMap<string, RegistryName> = new Map([
  ['file', 'file'],
  ['kubernetes', 'kubernetes'],
  ['consul', 'consul'],
]);
const hints: Readonly<Record<string, string>> = {
  mcp: ': MCP is not supported, ServiceEntries come from files',
  mock: ': write Services resources instead',
  memory: ': write Services resources instead',
};

/** In any case: Istio writes `Kubernetes`. */
function registryNames(text: string): readonly RegistryName[] {
  const found = text.split(',').map((part) => {
    const name = part.trim().toLowerCase();
    const known = names.get(name);
    const hint = Object.hasOwn(hints, name) ? hints[name] : '';
    if (known === undefined)
      throw new InvalidArgumentError(`'${part}' is none of ${[...names.keys()].join(', ')}${hint}.`);
    return known;
  });
  return [...new Set(found)];
}

function place(text: string): Place {
  if (text === '') return '';
  try {
    const { host, port } = parseTcpAddress(text);
    return { host, port };
  } catch (error) {
    throw new InvalidArgumentError(`${error instanceof Error ? error.message : String(error)}.`);
  }
}
