import type { ChannelCredentials } from '@grpc/grpc-js';
import type { Node } from '../../gen/envoy/config/core/v3/base.js';
import type { DeltaDiscoveryResponse } from '../../gen/envoy/service/discovery/v3/discovery.js';
import type { ProxyEnv } from '../env.js';
import { waitAfter } from './back-off.js';
import { type DiscoveryStream, openDiscoveryStream, type StreamOptions } from './discovery-stream.js';
import type { ResourceKind } from './resource-kind.js';

export interface ConnectorOptions {
  /** `host:port` each; tried one after the other. */
  readonly addresses: readonly string[];
  /** Made for each stream, so that certificates that were renewed are taken up. */
  readonly credentials: () => ChannelCredentials;
  readonly node: Node;
  readonly env: Pick<ProxyEnv, 'after' | 'random' | 'log'>;
  readonly limits: ConnectorLimits;
  readonly versions: (kind: ResourceKind) => Record<string, string>;
  readonly onResponse: (response: DeltaDiscoveryResponse, stream: DiscoveryStream) => void;
  /** Every address was tried in vain. */
  readonly onUnreachable: (reason: string) => void;
}

export interface ConnectorLimits {
  /** A server that says nothing for so long after the connect is given up. */
  readonly fetchMillis: number;
  /** Before the first attempt after a stream of which all was read, doubled with each round of failures. */
  readonly baseMillis: number;
  readonly maxMillis: number;
  /** Of one response. */
  readonly maxMessageBytes: number;
}

/** Keeps a stream to one of several servers open, until it is closed. */
export interface Connector {
  /** The server that speaks to us; undefined for none. */
  readonly server: string | undefined;
  close(): void;
}

/** Connects at once. After an end it goes on with the next address, after all of them with a wait that grows. */
export function openConnector(options: ConnectorOptions): Connector {
  const { addresses, env, limits, onResponse } = options;
  let attempts = 0;
  let failures = 0;
  let server: string | undefined;
  let stream: DiscoveryStream | undefined;
  let cancelTimer: () => void = () => undefined;

  const connect = (): void => {
    const address = addresses[attempts % addresses.length] ?? '';
    let isHeard = false;
    const lose = (reason: string, isUnreadable = false): void => {
      cancelTimer();
      server = undefined;
      stream = undefined;
      const isGood = isHeard && !isUnreadable;
      failures = isGood ? 0 : failures + 1;
      if (isGood) env.log.warn('the control plane is gone', { address, reason });
      else if (isUnreadable) env.log.warn('a response of the control plane cannot be read', { address, reason });
      else env.log.warn('the control plane does not answer', { address, reason });
      attempts += 1;
      const isRoundOver = failures > 0 && failures % addresses.length === 0;
      if (isRoundOver) options.onUnreachable(reason);
      const rounds = Math.floor(failures / addresses.length);
      const wait = failures === 0 || isRoundOver ? waitAfter(rounds, { ...limits, random: env.random }) : 0;
      cancelTimer = env.after(wait, connect);
    };
    const hear = (response: DeltaDiscoveryResponse): void => {
      if (!isHeard) {
        isHeard = true;
        cancelTimer();
        server = address;
        env.log.info('the configuration comes from a control plane', { address });
      }
      if (stream !== undefined) onResponse(response, stream);
    };
    try {
      stream = openStream(options, address, { onResponse: hear, onEnd: lose });
    } catch (error) {
      // Certificates that cannot be read now may be there later.
      lose(String(error));
      return;
    }
    cancelTimer = env.after(limits.fetchMillis, () => {
      stream?.close();
      lose(`no answer within ${limits.fetchMillis} ms`);
    });
  };

  connect();
  return {
    get server() {
      return server;
    },
    close() {
      cancelTimer();
      stream?.close();
    },
  };
}

function openStream(
  { credentials, node, versions, limits: { maxMessageBytes } }: ConnectorOptions,
  address: string,
  handler: Pick<StreamOptions, 'onResponse' | 'onEnd'>,
): DiscoveryStream {
  return openDiscoveryStream({ address, credentials: credentials(), node, versions, maxMessageBytes, ...handler });
}
