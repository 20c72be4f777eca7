import { type Command, InvalidArgumentError, Option } from 'commander';
import { Duration } from '../../util/duration.js';
import { boolean, collect, decimal, duration, port, positiveDuration, tcpAddress } from '../flag-parsers.js';
import type { TraceCollector } from './trace-collector.js';

/** The flags of `fairlead proxy`; those that Istio's `pilot-agent proxy` had are spelled as there. */
export interface ProxyFlags {
  readonly configDir: string | undefined;
  readonly discoveryAddress: readonly string[];
  readonly discoveryCaFile: string;
  readonly discoveryCertFile: string;
  readonly discoveryKeyFile: string;
  readonly configCache: string | undefined;
  readonly id: string | undefined;
  readonly ip: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  readonly locality: string;
  readonly meshId: string;
  readonly mixer: string;
  readonly outboundPorts: 'none' | 'all';
  readonly outboundAddress: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly inboundTls: 'permissive' | 'strict';
  readonly credentialDirectory: string | undefined;
  readonly proxyAdminPort: number;
  readonly traceCollector: TraceCollector | undefined;
  readonly traceSampling: number;
  readonly drainDuration: Duration;
  readonly adapter: readonly string[];
  readonly adapterTimeout: Duration;
  readonly log_output_level: string;
  readonly log_as_json: boolean;
}

export function addProxyFlags(command: Command): Command {
  return command
    .option('--configDir <folder>', 'where the configuration is: traffic, services, and rules for Mixer')
    .addOption(
      new Option('--discoveryAddress <host:port,...>', 'a fairlead pilot to follow, in place of a folder')
        .argParser(addresses)
        .default([], 'none'),
    )
    .option('--discoveryCaFile <path>', 'certificates that the pilot must be signed by; without it there is no TLS', '')
    .option('--discoveryCertFile <path>', 'certificate that the pilot is shown', '')
    .option('--discoveryKeyFile <path>', 'its key', '')
    .option('--configCache <file>', 'keeps the last configuration of the pilot, for a start without it')
    .option('--id <name.namespace>', 'name and namespace of the workload; proxy.default when left out')
    .option('--ip <address>', 'address of the workload, where its callers find it', '127.0.0.1')
    .addOption(
      new Option('--labels <k=v,...>', 'labels of the workload, for rules that name them')
        .argParser(labels)
        .default(new Map(), 'none'),
    )
    .addOption(
      new Option('--annotations <k=v,...>', 'annotations of the workload: policy.istio.io/check and its like')
        .argParser(annotations)
        .default(new Map(), 'none'),
    )
    .option('--locality <region/zone/subzone>', 'where the workload runs', '')
    .option('--meshId <name>', 'name of the mesh, for destination.mesh.id', '')
    .option('--mixer <address>', 'host:port of a Mixer, embedded for one in this process, or none', 'embedded')
    .addOption(
      new Option('--outboundPorts <which>', 'a listener of its own for each port of a service, besides 15002')
        .choices(['none', 'all'])
        .default('none'),
    )
    .option('--outboundAddress <address>', 'where the workload itself calls its proxy', '127.0.0.1')
    .option('--certFile <path>', 'certificate of the workload, for ISTIO_MUTUAL', '')
    .option('--keyFile <path>', 'its key', '')
    .option('--caFile <path>', 'certificates that callers and services must be signed by', '')
    .addOption(
      new Option('--inboundTls <mode>', 'whether callers must use mutual TLS, once there is a certificate')
        .choices(['permissive', 'strict'])
        .default('permissive'),
    )
    .option('--credentialDirectory <folder>', 'of a router: <name>/tls.crt and tls.key for each credentialName')
    .option('--proxyAdminPort <port>', 'port of the admin interface, on 127.0.0.1', port, 15_000)
    .option('--traceCollector <kind=URL>', 'where spans go: zipkin=URL or otlp=URL', traceCollector)
    .option('--traceSampling <percent>', 'how many of a hundred requests begin a trace', percent, 100)
    .addOption(
      new Option('--drainDuration <duration>', 'how long connections may go on at the end')
        .argParser(duration)
        .default(duration('45s'), '45s'),
    )
    .option('--adapter <module>', 'load a further adapter for the embedded Mixer; may be repeated', collect, [])
    .addOption(
      new Option('--adapterTimeout <duration>', 'how long a call of an adapter may take')
        .argParser(positiveDuration)
        .default(duration('1s'), '1s'),
    )
    .option('--log_output_level <levels>', '[scope:]level,...: debug, info, warn, error, fatal, none', 'default:info')
    .addOption(new Option('--log_as_json [bool]', 'write logs as JSON').argParser(boolean).default(false));
}

/** `pilot-1:15010,pilot-2:15010` */
function addresses(text: string): readonly string[] {
  return text.split(',').map(tcpAddress);
}

/** `app=a,version=v1` */
function pairs(text: string): ReadonlyMap<string, string> {
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

/** A label without a value is most likely half of one: rules that name it would not fit. */
function labels(text: string): ReadonlyMap<string, string> {
  const bad = text.split(',').find((pair) => pair !== '' && pair.indexOf('=') <= 0);
  if (bad !== undefined) throw new InvalidArgumentError(`'${bad}' is not name=value.`);
  return pairs(text);
}

/** What nobody would read, or what cannot be read, is refused: an annotation of a pod goes unheard. */
function annotations(text: string): ReadonlyMap<string, string> {
  const given = pairs(text);
  for (const [name, value] of given) {
    const [takes, words] = policyAnnotations.get(name) ?? [];
    if (takes === undefined) throw new InvalidArgumentError(`${name} is not one of ${annotationNames}.`);
    if (!takes(value)) throw new InvalidArgumentError(`${name} must be ${words}.`);
  }
  return given;
}

const isDuration = (text: string): boolean => Duration.parse(text) !== undefined;

/** By mesh.md 1.2. */
const policyAnnotations = new Map<string, readonly [takes: (value: string) => boolean, words: string]>([
  [
    'policy.istio.io/check',
    [(value) => ['enable', 'disable', 'allow-on-error'].includes(value), 'enable, disable or allow-on-error'],
  ],
  ['policy.istio.io/checkRetries', [(value) => /^\d{1,9}$/.test(value), 'a number']],
  ['policy.istio.io/checkBaseRetryWaitTime', [isDuration, 'a duration']],
  ['policy.istio.io/checkMaxRetryWaitTime', [isDuration, 'a duration']],
]);
const annotationNames = [...policyAnnotations.keys()].join(', ');

function traceCollector(text: string): TraceCollector {
  const [, adapter, url = ''] = /^(zipkin|otlp)=(https?:\/\/.+)$/.exec(text) ?? [];
  if (adapter === undefined || !URL.canParse(url)) throw new InvalidArgumentError('not zipkin=URL or otlp=URL.');
  return { adapter: adapter as TraceCollector['adapter'], url };
}

function percent(text: string): number {
  const value = decimal(text);
  if (value < 0 || value > 100) throw new InvalidArgumentError('must be between 0 and 100.');
  return value;
}
