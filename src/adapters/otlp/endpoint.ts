import type { OtlpConfig } from './config.js';
import { type Signal, signals } from './signal.js';

/** Where gRPC calls go. */
export interface GrpcEndpoint {
  /** `host:port`. */
  readonly target: string;
  readonly isSecure: boolean;
}

const scheme = /^([a-z][a-z0-9+.-]*):\/\//i;
const overrides = { traces: 'tracesEndpoint', metrics: 'metricsEndpoint', logs: 'logsEndpoint' } as const;
// OpenTelemetry's own ports, at the collector beside this process.
const defaults = { http: 'http://localhost:4318', grpc: 'http://localhost:4317' };
const grpcPort = 4317;

/** What is wrong with an endpoint. */
export function findEndpointProblem(
  text: string,
  { protocol, tls }: Pick<OtlpConfig, 'protocol' | 'tls'>,
): string | undefined {
  const url = protocol === 'GRPC' ? parseAuthority(text) : parseUrl(text);
  if (url === undefined) {
    return protocol === 'GRPC'
      ? 'must be host:port, or an http or https URL without a path'
      : 'must be an http or https URL';
  }
  if (url.protocol === 'https:' && tls?.insecure === true) return 'is https, and tls.insecure forbids that';
  return url.username + url.password === '' ? undefined : 'must not have a user: use headers';
}

function parseUrl(text: string): URL | undefined {
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}

function parseAuthority(text: string): URL | undefined {
  const url = parseUrl(scheme.test(text) ? text : `http://${text}`);
  return url?.pathname === '/' && url.search + url.hash === '' ? url : undefined;
}

/** The URL of a signal: its own as it is, or the common one with the path of the signal after its own path. */
export function httpUrl(config: OtlpConfig, signal: Signal): URL {
  const own = config[overrides[signal]];
  if (own !== '') return new URL(own);
  const url = new URL(config.endpoint === '' ? defaults.http : config.endpoint);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${signals[signal].path}`;
  return url;
}

/** The address of a signal. Without a scheme the connection is secured unless `tls.insecure` says otherwise. */
export function grpcEndpoint(config: OtlpConfig, signal: Signal): GrpcEndpoint {
  const text = config[overrides[signal]] || config.endpoint || defaults.grpc;
  const given = scheme.exec(text)?.[1]?.toLowerCase();
  // Of no protocol, because a URL forgets the port that its protocol has anyway.
  const { host, port } = new URL(`grpc://${text.replace(scheme, '')}`);
  return {
    target: port === '' ? `${host}:${grpcPort}` : host,
    isSecure: given === undefined ? config.tls?.insecure !== true : given === 'https',
  };
}
