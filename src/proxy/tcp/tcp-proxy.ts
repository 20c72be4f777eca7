import type { Socket } from 'node:net';
import type { TcpFilter } from '../../gen/fairlead/proxy/v1/listener.js';
import { millisOf } from '../millis.js';
import { compileChooseCluster } from './choose-cluster.js';
import { TcpSession } from './tcp-session.js';
import type { TcpParts, TcpSettings } from './tcp-settings.js';
import type { TcpConnection } from './types.js';

/** Forwards the connections of one TCP chain. */
export interface TcpProxy {
  accept(socket: Socket, facts: Pick<TcpConnection, 'downstream' | 'serverName'>): void;
}

// Envoy's default.
const defaultIdleMillis = 3_600_000;
const defaultReportMillis = 10_000;
const leastReportMillis = 1000;

/** @throws Error when the chain has no cluster to go to. */
export function createTcpProxy(filter: TcpFilter, parts: TcpParts): TcpProxy {
  const { idleTimeout, mixer } = filter;
  const settings: TcpSettings = {
    ...parts,
    chooseCluster: compileChooseCluster(filter),
    idleMillis: idleTimeout === undefined ? defaultIdleMillis : millisOf(idleTimeout),
    reportMillis: Math.max(leastReportMillis, millisOf(mixer?.reportInterval) || defaultReportMillis),
  };
  return {
    accept: (socket, facts) => void new TcpSession(socket, facts, settings).run(),
  };
}
