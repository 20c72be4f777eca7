import {
  addressBytes,
  type ClientTime,
  createTcpFilter,
  type MixerCalls,
  type NodeIdentity,
  type TcpExchange,
  type TcpFilter,
} from '../../client/index.js';
import type { TcpMixer } from '../../gen/fairlead/proxy/v1/mixer.js';
import type { TcpConnection, TcpObserver } from '../tcp/index.js';
import { toTcpConfig } from './client-config.js';
import { connectionFacts } from './connection-facts.js';

const name = 'mixer';
const ok = 0;

/** What an observer uses of its proxy; client and node may change from one connection to the next. */
export interface TcpObserverParts {
  readonly client: () => MixerCalls | undefined;
  readonly node: () => NodeIdentity | undefined;
  readonly time: ClientTime;
}

/**
 * Asks Mixer about connections, and tells it of them from time to time (mesh.md 1.5).
 *
 * @throws Error when its configuration does not compile.
 */
export function createMixerTcpObserver(mixer: TcpMixer, { client, node, time }: TcpObserverParts): TcpObserver {
  const config = toTcpConfig(mixer);
  let made: { readonly of: MixerCalls; readonly uid: string | undefined; readonly filter: TcpFilter } | undefined;
  const current = (): TcpFilter | undefined => {
    const now = client();
    const identity = node();
    if (now === undefined) return undefined;
    if (made?.of !== now || made.uid !== identity?.uid) {
      const filter = createTcpFilter({ client: now, config, time, ...(identity && { node: identity }) });
      made = { of: now, uid: identity?.uid, filter };
    }
    return made.filter;
  };
  const exchangeOf = ({ state }: TcpConnection): TcpExchange | undefined => state.get(name) as TcpExchange | undefined;
  return {
    onConnection: async (connection, signal) => {
      const facts = connectionFacts(connection.downstream);
      const exchange = current()?.begin({ ...facts, serverName: connection.serverName ?? facts.serverName }, () => ({
        bytes: { received: BigInt(connection.received), sent: BigInt(connection.sent) },
        upstream: upstreamOf(connection),
      }));
      if (exchange === undefined) return true;
      connection.state.set(name, exchange);
      const { status } = await exchange.check(signal);
      return status.code === ok;
    },
    onOpen: (connection) => exchangeOf(connection)?.open(),
    onClose: (connection) => exchangeOf(connection)?.close(),
  };
}

function upstreamOf({ endpoint, downstream }: TcpConnection): {
  address: Uint8Array | undefined;
  port: number;
  uid?: string;
} {
  if (endpoint === undefined) return { address: addressBytes(downstream.local.host), port: downstream.local.port };
  const { address, port, uid } = endpoint;
  return { address: addressBytes(address), port, ...(uid === '' ? {} : { uid }) };
}
