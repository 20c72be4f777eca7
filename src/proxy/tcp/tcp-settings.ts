import type { ProxyEnv } from '../env.js';
import type { ClusterSet } from '../upstream/types.js';
import type { ChooseCluster } from './choose-cluster.js';
import type { TcpStats } from './tcp-stats.js';
import type { TcpLog, TcpObserver } from './types.js';

/** What a chain's connections share. */
export interface TcpParts {
  readonly env: ProxyEnv;
  readonly clusters: () => ClusterSet;
  readonly stats: TcpStats;
  readonly observer: TcpObserver | undefined;
  readonly log: TcpLog | undefined;
}

/** The same, with what the configuration says. */
export interface TcpSettings extends TcpParts {
  readonly chooseCluster: ChooseCluster;
  /** 0 for none. */
  readonly idleMillis: number;
  readonly reportMillis: number;
}
