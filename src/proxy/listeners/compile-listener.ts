import { ChainMatch_Transport as Transport, type FilterChain, Listener } from '../../gen/fairlead/proxy/v1/listener.js';
import { DownstreamTls } from '../../gen/fairlead/proxy/v1/tls.js';
import { millisOf } from '../millis.js';
import type { TcpFilter } from '../../gen/fairlead/proxy/v1/listener.js';
import type { TcpProxy } from '../tcp/tcp-proxy.js';
import { compileChainMatch } from './chain-match.js';
import { type CompiledChain, type CompiledListener, drainUnlessKept, type Served } from './compiled-listener.js';
import { TlsTermination, type TlsParts } from './tls/tls-termination.js';
import type { MakeHttpAcceptor } from './types.js';

/** What chains are made of besides their configuration. */
export interface CompileParts {
  readonly makeHttp: MakeHttpAcceptor;
  readonly makeTcp: (filter: TcpFilter, listener: Listener, chainName: string) => TcpProxy;
  readonly tls: TlsParts;
}

const defaultMaxConnections = 10_000;
const defaultHeaderMillis = 60_000;
// Istio's protocolDetectionTimeout (mesh.md 2.7).
const silenceMillis = 100;

/**
 * Compiles a listener. What is as it was in `former` is taken from there.
 *
 * @throws Error for what cannot be served.
 */
export function compileListener(listener: Listener, parts: CompileParts, former?: CompiledListener): CompiledListener {
  const served = new Map<string, Served>();
  const terminations = new Map<string, TlsTermination>();
  const compileChain = (chain: FilterChain): CompiledChain => {
    const tls = chain.tls === undefined ? undefined : compileTls(chain, chain.tls);
    const filter = { ...chain, match: undefined, tls: undefined };
    const key = keyOf(Listener.encode({ ...listener, chains: [filter] }).finish());
    const same = served.get(key) ?? former?.served.get(key) ?? serve(chain, listener, parts);
    served.set(key, same);
    return { name: chain.name, served: same, tls };
  };
  const compileTls = (chain: FilterChain, config: DownstreamTls): TlsTermination => {
    const isHttp = chain.http !== undefined;
    const key = `${isHttp} ${keyOf(DownstreamTls.encode(config).finish())}`;
    const same =
      terminations.get(key) ?? former?.terminations.get(key) ?? new TlsTermination(config, isHttp, parts.tls);
    terminations.set(key, same);
    return same;
  };
  try {
    const chains = listener.chains.map((chain) => ({
      match: chain.match,
      endsTls: chain.tls !== undefined,
      value: compileChain(chain),
    }));
    return { ...traitsOf(listener), choose: compileChainMatch(chains), served, terminations };
  } catch (cause) {
    drainUnlessKept(served, former?.served);
    throw cause;
  }
}

function serve(chain: FilterChain, listener: Listener, { makeHttp, makeTcp }: CompileParts): Served {
  const { http, tcp, name } = chain;
  if (http !== undefined) return { kind: 'http', acceptor: makeHttp(http, listener, name) };
  if (tcp !== undefined) return { kind: 'tcp', proxy: makeTcp(tcp, listener, name) };
  throw new Error(`chain '${name}' has no filter`);
}

function traitsOf(listener: Listener): Omit<CompiledListener, 'choose' | 'served' | 'terminations'> {
  const { name, address, port, chains, limits } = listener;
  const needsHello = chains.some(asksForTls);
  return {
    name,
    address: address === '' ? '0.0.0.0' : address,
    port,
    bytes: Buffer.from(Listener.encode(listener).finish()),
    hasProxyHeader: listener.proxyProtocol,
    needsHello,
    needsBytes: needsHello || listener.proxyProtocol || chains.some(({ http }) => http !== undefined),
    silenceMillis: chains.some(takesSilence) ? silenceMillis : undefined,
    maxConnections: limits?.maxConnections || defaultMaxConnections,
    detectionMillis: millisOf(limits?.headerTimeout) || defaultHeaderMillis,
  };
}

function asksForTls({ match, tls, tcp }: FilterChain): boolean {
  const asksMatch = match !== undefined && (match.transport !== Transport.ANY || match.serverNames.length > 0);
  return asksMatch || tls !== undefined || tcp?.sniCluster === true;
}

/** Plain TCP, where the server may be the one who speaks first. */
function takesSilence({ match, tls, tcp }: FilterChain): boolean {
  const isAnyName = match === undefined || match.serverNames.length === 0;
  return tcp !== undefined && !tcp.sniCluster && tls === undefined && match?.transport !== Transport.TLS && isAnyName;
}

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
