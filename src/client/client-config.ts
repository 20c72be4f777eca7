import type { HttpApiSpec } from './specs/api-spec.js';
import type { QuotaSpec } from './specs/quota-spec.js';
import type { AttributeSet } from './transport.js';

/** What is said of one service (`ServiceConfig`, mesh.md 1.1). Keep the object: it is compiled once, when first used. */
export interface ServiceConfig {
  readonly disableCheckCalls?: boolean;
  readonly disableReportCalls?: boolean;
  /** In every check and report of the service. */
  readonly mixerAttributes?: AttributeSet;
  readonly httpApiSpecs?: readonly HttpApiSpec[];
  readonly quotaSpecs?: readonly QuotaSpec[];
  /** Told to the next proxy. */
  readonly forwardAttributes?: AttributeSet;
}

/** What is said of HTTP requests (`HttpClientConfig`); its transport part are the client's own options. */
export interface HttpClientConfig {
  /** By destination. Left out, every request is checked and reported. */
  readonly serviceConfigs?: ReadonlyMap<string, ServiceConfig>;
  /** For destinations that are not in the map. Without it, they are neither checked nor reported. */
  readonly defaultDestinationService?: string;
  /** `context.reporter.kind: outbound` here makes this the outbound side. */
  readonly mixerAttributes?: AttributeSet;
  readonly forwardAttributes?: AttributeSet;
  /** For proxies at the edge, whose callers are not to be believed. */
  readonly ignoreForwardedAttributes?: boolean;
}

/** What is said of TCP connections (`TcpClientConfig`). */
export interface TcpClientConfig {
  readonly mixerAttributes?: AttributeSet;
  readonly disableCheckCalls?: boolean;
  readonly disableReportCalls?: boolean;
  readonly connectionQuotaSpec?: QuotaSpec;
  /** How often an open connection is reported; 10,000 when left out, at least 1000. */
  readonly reportIntervalMillis?: number;
}
