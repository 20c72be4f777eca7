import { type Command, Option } from 'commander';
import type { Duration } from '../../util/duration.js';
import { boolean, collect, duration, port, positiveDuration } from '../flag-parsers.js';

/** The flags of `fairlead proxy`; those that Istio's `pilot-agent proxy` had are spelled as there. */
export interface ProxyFlags {
  readonly configDir: string;
  readonly id: string | undefined;
  readonly ip: string;
  readonly domain: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly locality: string;
  readonly mixer: string;
  readonly outboundPorts: 'none' | 'all';
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly proxyAdminPort: number;
  readonly drainDuration: Duration;
  readonly adapter: readonly string[];
  readonly adapterTimeout: Duration;
  readonly log_output_level: string;
  readonly log_as_json: boolean;
}

export function addProxyFlags(command: Command): Command {
  return command
    .requiredOption('--configDir <folder>', 'where the configuration is: traffic, services, and rules for Mixer')
    .option('--id <name.namespace>', 'name and namespace of the workload; proxy.default when left out')
    .option('--ip <address>', 'address of the workload, where its callers find it', '127.0.0.1')
    .option('--domain <suffix>', 'DNS domain of the mesh', 'cluster.local')
    .option('--labels <k=v,...>', 'labels of the workload, for rules that name them', labels, new Map())
    .option('--locality <region/zone/subzone>', 'where the workload runs', '')
    .option('--mixer <address>', 'host:port of a Mixer, embedded for one in this process, or none', 'embedded')
    .addOption(
      new Option('--outboundPorts <which>', 'a listener on 127.0.0.1 for each port of a service, besides 15002')
        .choices(['none', 'all'])
        .default('none'),
    )
    .option('--certFile <path>', 'certificate of the workload, for ISTIO_MUTUAL', '')
    .option('--keyFile <path>', 'its key', '')
    .option('--caFile <path>', 'certificates that callers and services must be signed by', '')
    .option('--proxyAdminPort <port>', 'port of the admin interface, on 127.0.0.1', port, 15_000)
    .option('--drainDuration <duration>', 'how long connections may go on at the end', duration, duration('45s'))
    .option('--adapter <module>', 'load a further adapter for the embedded Mixer; may be repeated', collect, [])
    .option('--adapterTimeout <duration>', 'how long a call of an adapter may take', positiveDuration, duration('1s'))
    .option('--log_output_level <levels>', '[scope:]level,...: debug, info, warn, error, fatal, none', 'default:info')
    .addOption(new Option('--log_as_json [bool]', 'write logs as JSON').argParser(boolean).default(false));
}

/** `app=a,version=v1` */
function labels(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split(',')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const mark = pair.indexOf('=');
        return mark === -1 ? [pair, ''] : [pair.slice(0, mark), pair.slice(mark + 1)];
      }),
  );
}
