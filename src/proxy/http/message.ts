import type { Headers } from './headers.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What is known of the connection that a request came by. */
export interface Downstream {
  /** Of the connection, or of the PROXY header that it began with. */
  readonly remote: Address;
  readonly local: Address;
  /** Where the connection wanted to go, when a PROXY header says so. */
  readonly destination: Address | undefined;
  readonly tls: DownstreamTlsFacts | undefined;
}

export interface DownstreamTlsFacts {
  readonly serverName: string | undefined;
  /** Subject alternative names of the caller's certificate that are URIs; undefined when it showed none. */
  readonly peerUris: readonly string[] | undefined;
  readonly localUris: readonly string[];
}

/** The head of a request; filters may change it until it is forwarded. */
export interface RequestHead {
  method: string;
  /** With its query. */
  path: string;
  /** `:authority`, or `host`; empty when there was neither. Not among the headers. */
  authority: string;
  scheme: 'http' | 'https';
  readonly protocol: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2';
  /** Without those that belong to one connection only. */
  readonly headers: Headers;
}

/** The head of a response, ours or an upstream's. */
export interface ResponseHead {
  status: number;
  readonly headers: Headers;
}

/** An answer that the proxy gives itself. */
export interface LocalReply {
  readonly status: number;
  readonly body?: string;
  /** Name and value in turn. */
  readonly headers?: readonly string[];
  /** A short name of Envoy's, `UH`, `UF`, `UT`, `UO`, `FI`, `RL`, `NR`, `UAEX`, … */
  readonly flag?: string;
  /** What the access log gives as details, for example `mixer_access_denied`. */
  readonly details?: string;
}
