import type { ProxyEnv } from '../../env.js';
import type { Address } from '../../http/message.js';
import type { UpstreamCluster } from '../../upstream/types.js';
import type { Stats } from '../stats/stats.js';

/** What Envoy calls the phases of a proxy's life. */
export type ServerState = 'LIVE' | 'DRAINING' | 'PRE_INITIALIZING' | 'INITIALIZING';

/** What Envoy calls the levels of its log. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warning' | 'error' | 'critical' | 'off';

/** The loggers of a proxy, whose levels can be changed while it runs. */
export interface LogLevels {
  list(): Iterable<readonly [logger: string, level: LogLevel]>;
  /** Of one logger, or of all; false when there is none of that name. */
  set(logger: string | undefined, level: LogLevel): boolean;
}

export interface DrainOptions {
  readonly inboundOnly: boolean;
}

/** All that the admin port shows and does. */
export interface AdminOptions {
  readonly env: ProxyEnv;
  readonly stats: Stats;
  readonly version: string;
  /** Who the proxy is. */
  readonly nodeId: string;
  readonly state: () => ServerState;
  readonly clusters: () => readonly UpstreamCluster[];
  /** Where each listener listens, by name. */
  readonly listeners: () => ReadonlyMap<string, Address>;
  /** The configuration in force, a message of protobuf, and when it came; undefined before there is one. */
  readonly config: () => { readonly message: object; readonly version: string; readonly loadedAt: number } | undefined;
  /** Begins it; nobody waits for the end. */
  readonly drain: (options: DrainOptions) => void;
  readonly logging: LogLevels;
  /** What else Prometheus is shown, in its text format. */
  readonly moreMetrics?: () => Promise<string>;
}

/** What a page answers. */
export interface AdminAnswer {
  readonly status?: number;
  /** Plain text when left out. */
  readonly type?: 'json' | 'prometheus';
  readonly body: string;
}

/** One path of the admin port. */
export interface AdminPage {
  readonly path: string;
  readonly help: string;
  /** Changes something, and so wants POST. */
  readonly changes?: boolean;
  answer(options: AdminOptions, query: URLSearchParams): AdminAnswer | Promise<AdminAnswer>;
}
