import type { ProxyView } from '../../model/proxy-view.js';
import type { BuildOptions as ProxyOptions } from '../fairlead/options.js';

/**
 * What an Envoy's resources depend on besides the mesh: where it runs. `inboundAddress`, `gatewayAddress`,
 * `outboundAddress` and `bindPort` say where listeners really are; names do not change with them.
 */
export interface EnvoyOptions extends Pick<
  ProxyOptions,
  | 'annotations'
  | 'bindPort'
  | 'certificates'
  | 'credentialDirectory'
  | 'gatewayAddress'
  | 'inboundAddress'
  | 'inboundTls'
  | 'outboundAddress'
  | 'traceSampling'
> {
  /**
   * How connections come to a sidecar: `redirect`, the default, by iptables, so that only the two virtual listeners
   * are bound; with `none` there is no such thing and every listener is bound.
   */
  readonly interception?: 'redirect' | 'none';
  /** Hears of what is left out, and why; once of each. */
  readonly onProblem?: (message: string) => void;
}

/**
 * What all parts of an Envoy's resources are built from. It also goes where the `fairlead` flavour wants its own: its
 * `inboundPorts` says which ports a sidecar takes in for its workload, for clusters as well as for listeners.
 */
export interface BuildContext {
  readonly view: ProxyView;
  readonly options: EnvoyOptions;
}

/** Tells of something that is left out. */
export function leaveOut({ options }: BuildContext, message: string): void {
  options.onProblem?.(message);
}
