import type { StackdriverConfig } from './config.js';

/** The parameters that say where an API is. */
export type EndpointFields = Pick<
  StackdriverConfig,
  'endpoint' | 'monitoringEndpoint' | 'loggingEndpoint' | 'traceEndpoint'
>;

/** Where the three APIs are: URLs without a slash at the end. */
export interface Endpoints {
  readonly monitoring: string;
  readonly logging: string;
  readonly trace: string;
}

/** `endpoint` stands for all three, as in Mixer; an endpoint of a single API goes before it. */
export function endpointsOf(config: EndpointFields): Endpoints {
  const pick = (own: string, google: string): string => baseUrl(own || config.endpoint || google);
  return {
    monitoring: pick(config.monitoringEndpoint, 'monitoring.googleapis.com'),
    logging: pick(config.loggingEndpoint, 'logging.googleapis.com'),
    trace: pick(config.traceEndpoint, 'cloudtrace.googleapis.com'),
  };
}

/** Mixer's clients took `host:port` and spoke TLS to it. */
export function baseUrl(endpoint: string): string {
  const url = endpoint.includes('://') ? endpoint : `https://${endpoint}`;
  return url.replace(/\/+$/, '');
}

/** What is wrong with an endpoint. */
export function endpointProblem(endpoint: string): string | undefined {
  const url = baseUrl(endpoint);
  if (!URL.canParse(url)) return 'must be a host, or a URL with http or https';
  const { protocol, search, hash, username, password } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return 'must be a host, or a URL with http or https';
  return `${search}${hash}${username}${password}` === '' ? undefined : 'must have no user and no query';
}

/** Whether what is said to an endpoint can be read on the way. */
export function isPlain(endpoint: string): boolean {
  return new URL(endpoint).protocol === 'http:';
}

/** Whether an endpoint is on this machine. */
export function isLocal(endpoint: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(endpoint).hostname);
}
