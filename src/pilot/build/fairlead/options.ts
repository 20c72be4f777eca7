import type { TraceCollector } from '../../../gen/fairlead/proxy/v1/config.js';
import type { ProxyView } from '../../model/proxy-view.js';

/** Certificates of a workload, as PEM files. */
export interface Certificates {
  readonly certificateFile: string;
  readonly privateKeyFile: string;
  readonly caFile: string;
}

/** What a proxy's configuration depends on besides the mesh: where it runs. */
export interface BuildOptions {
  /**
   * `all` listens on every port that a service has, at `outboundAddress`, for clients that know nothing of proxies;
   * `none`, the default, leaves it at the HTTP proxy, PROXY headers and the listeners of a Sidecar.
   */
  readonly outboundPorts?: 'none' | 'all';
  /** Where clients of the own workload call; `127.0.0.1` when left out. */
  readonly outboundAddress?: string;
  /** Where others call; the address of each instance when left out. */
  readonly inboundAddress?: string;
  /** Where a router listens; `0.0.0.0` when left out. */
  readonly gatewayAddress?: string;
  /** The port that is really listened to in place of a configured one; 0 is a free one. Names do not change. */
  readonly bindPort?: (port: number) => number;
  /** Of the workload. Without them it calls with those in `/etc/certs`, and takes no TLS from others. */
  readonly certificates?: Certificates;
  /** Whether others must use mutual TLS once there are certificates; `permissive` when left out. */
  readonly inboundTls?: 'permissive' | 'strict';
  /** Of a router: `<name>/tls.crt`, `<name>/tls.key` and `<name>-cacert/ca.crt` for each `credentialName`. */
  readonly credentialDirectory?: string;
  /** Of the workload: `policy.istio.io/check` and its like. */
  readonly annotations?: ReadonlyMap<string, string>;
  /** How many of a hundred requests begin a trace; 100 when left out. */
  readonly traceSampling?: number;
  readonly traceCollector?: TraceCollector;
  readonly meshId?: string;
  /** `major.minor.patch` */
  readonly proxyVersion?: string;
  /** Hears of what is left out, and why. */
  readonly onProblem?: (message: string) => void;
}

/** What is built from. */
export interface BuildContext {
  readonly view: ProxyView;
  readonly options: BuildOptions;
  /** What proxies share that see the same of the mesh, and so would make the same. */
  readonly shared?: Shared | undefined;
}

/** Things that were made, each with a key of those who share it. */
interface Shared {
  readonly made: Map<string, unknown>;
  readonly prefix: string;
}

/** Makes something that depends on nothing but what a proxy sees of the mesh, or finds it made. */
export function once<T>({ shared }: Pick<BuildContext, 'shared'>, key: string, make: () => T): T {
  if (shared === undefined) return make();
  const whole = `${shared.prefix} ${key}`;
  if (!shared.made.has(whole)) shared.made.set(whole, make());
  return shared.made.get(whole) as T;
}

/** Tells of something that is left out. */
export function leaveOut({ options }: BuildContext, message: string): void {
  options.onProblem?.(message);
}
