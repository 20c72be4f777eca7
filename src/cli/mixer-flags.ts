import { type Command, Option } from 'commander';

import type { TelemetryPart } from '../config/index.js';
import type { Duration } from '../util/duration.js';
import { address, boolean, collect, duration, integer, port, positiveDuration, tcpAddress } from './flag-parsers.js';
import { telemetryOption } from './telemetry-option.js';

/** The flags of `fairlead mixer` that do something in this version. */
export interface MixerFlags {
  readonly port: number;
  readonly address: string | undefined;
  readonly monitoringPort: number;
  readonly prometheusAddress: string;
  readonly maxMessageSize: number;
  readonly maxConcurrentStreams: number;
  readonly configStoreURL: string;
  readonly configDefaultNamespace: string;
  readonly namespace: string;
  readonly defaultTelemetry: readonly TelemetryPart[];
  readonly adapter: readonly string[];
  readonly adapterTimeout: Duration;
  readonly livenessProbePath: string;
  readonly livenessProbeInterval: Duration;
  readonly readinessProbePath: string;
  readonly readinessProbeInterval: Duration;
  readonly log_output_level: string;
  readonly log_as_json: boolean;
}

type Parser = (text: string) => unknown;

// Flags of `mixs server` (mixer-core.md 6.13) that are read, so that existing deployments start, and do nothing here.
const withoutEffect: readonly (readonly [flags: string, parse: Parser, why: string])[] = [
  ['--apiWorkerPoolSize <n>', integer(1), 'one event loop serves all requests'],
  ['--adapterWorkerPoolSize <n>', integer(1), 'one event loop serves all requests'],
  ['--singleThreaded [bool]', boolean, 'one event loop serves all requests'],
  ['--numCheckCacheEntries <n>', integer(0), 'the check cache was disabled in Mixer too'],
  ['--configWaitTimeout <duration>', duration, 'a folder is read at once'],
  ['--profile [bool]', boolean, 'use node --inspect or --cpu-prof'],
  ['--useAdapterCRDs [bool]', boolean, 'kinds are recognised without CRDs'],
  ['--useTemplateCRDs [bool]', boolean, 'kinds are recognised without CRDs'],
  ['--certFile <path>', String, 'only MCP used it, which is not supported yet'],
  ['--keyFile <path>', String, 'only MCP used it, which is not supported yet'],
  ['--caCertFile <path>', String, 'only MCP used it, which is not supported yet'],
  ['--loadsheddingMode <mode>', String, 'load shedding is not supported yet'],
  ['--averageLatencyThreshold <duration>', duration, 'load shedding is not supported yet'],
  ['--latencySamplesPerSecond <n>', Number, 'load shedding is not supported yet'],
  ['--latencySampleHalflife <duration>', duration, 'load shedding is not supported yet'],
  ['--latencyEnforcementThreshold <n>', Number, 'load shedding is not supported yet'],
  ['--maxRequestsPerSecond <n>', Number, 'load shedding is not supported yet'],
  ['--burstSize <n>', integer(0), 'load shedding is not supported yet'],
  ['--trace_zipkin_url <url>', String, 'tracing is not supported yet'],
  ['--trace_jaeger_url <url>', String, 'tracing is not supported yet'],
  ['--trace_log_spans [bool]', boolean, 'tracing is not supported yet'],
  ['--trace_sampling_rate <n>', Number, 'tracing is not supported yet'],
  ['--ctrlz_address <host>', String, 'ControlZ is not supported yet'],
  ['--ctrlz_port <n>', port, 'ControlZ is not supported yet'],
  ['--log_target <path>', String, 'logs go to stderr'],
  ['--log_rotate <path>', String, 'logs go to stderr'],
  ['--log_rotate_max_age <days>', integer(0), 'logs go to stderr'],
  ['--log_rotate_max_size <bytes>', integer(0), 'logs go to stderr'],
  ['--log_rotate_max_backups <n>', integer(0), 'logs go to stderr'],
  ['--log_stacktrace_level <levels>', String, 'stack traces are written where they help'],
  ['--log_caller <scopes>', String, 'callers are not logged'],
];

const optionNames = new Map(withoutEffect.map(([flags, , why]) => [flags.slice(2).split(' ', 1)[0] ?? '', why]));

/** Adds all flags of `mixs server`, with Mixer's spelling and defaults, and fairlead's own. */
export function addMixerFlags(command: Command): Command {
  addEffective(command);
  for (const [flags, parse, why] of withoutEffect) {
    command.addOption(new Option(flags, `accepted without effect: ${why}`).argParser(parse));
  }
  return command;
}

function addEffective(command: Command): void {
  command
    .option('-p, --port <port>', 'TCP port of the Mixer API', port, 9091)
    .option(
      '--address <address>',
      'address of the Mixer API, overrides --port: tcp://host:port, unix://path, host:port',
      address,
    )
    .option('--monitoringPort <port>', 'port of /metrics, /version, /healthz and /readyz', port, 15014)
    .option(
      '--prometheusAddress <host:port>',
      'where the prometheus adapter is scraped, at /metrics',
      tcpAddress,
      ':42422',
    )
    .option('--maxMessageSize <bytes>', 'size of the largest request', integer(1), 1_048_576)
    .option('--maxConcurrentStreams <n>', 'calls at once on one connection', integer(1), 1024)
    .requiredOption('--configStoreURL <url>', 'where the configuration is: fs:///path/to/folder')
    .option('--configDefaultNamespace <name>', 'namespace whose rules apply to all requests', 'istio-system')
    .option('--namespace <name>', 'namespace of resources that name none', 'default')
    .addOption(telemetryOption())
    .option('--adapter <module>', 'load a further adapter: a package or ./path.js; may be repeated', collect, [])
    .option('--adapterTimeout <duration>', 'how long a call of an adapter may take', positiveDuration, duration('1s'))
    .option('--livenessProbePath <path>', 'file that is touched while the server serves', '')
    .option('--livenessProbeInterval <duration>', 'how fresh that file is', duration, duration('0s'))
    .option('--readinessProbePath <path>', 'file that is touched while the server is ready', '')
    .option('--readinessProbeInterval <duration>', 'how fresh that file is', duration, duration('0s'))
    .option('--log_output_level <levels>', '[scope:]level,...: debug, info, warn, error, fatal, none', 'default:info')
    .addOption(new Option('--log_as_json [bool]', 'write logs as JSON').argParser(boolean).default(false));
}

/** The flags that were given and have no effect, each with the reason, for a word at start. */
export function ignoredFlags(command: Command): readonly { readonly flag: string; readonly why: string }[] {
  return [...optionNames]
    .filter(([name]) => command.getOptionValueSource(name) === 'cli')
    .map(([name, why]) => ({ flag: `--${name}`, why }));
}
