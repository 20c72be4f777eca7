import type { TcpProxy } from '../tcp/tcp-proxy.js';
import type { Traits } from './chain-match.js';
import type { TlsTermination } from './tls/tls-termination.js';
import type { HttpAcceptor } from './types.js';

/** What a chain ends in. */
export type Served =
  { readonly kind: 'http'; readonly acceptor: HttpAcceptor } | { readonly kind: 'tcp'; readonly proxy: TcpProxy };

export interface CompiledChain {
  readonly name: string;
  readonly served: Served;
  readonly tls: TlsTermination | undefined;
}

/** A listener of one configuration, ready for connections. */
export interface CompiledListener {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** All of its configuration: what is the same has not changed. */
  readonly bytes: Buffer;
  readonly hasProxyHeader: boolean;
  /** Some chain asks whether TLS comes, or for whom. */
  readonly needsHello: boolean;
  /** Some chain asks what comes first, be it TLS or HTTP. Otherwise, nobody waits for it. */
  readonly needsBytes: boolean;
  /** How long nothing may come until the connection counts as one of plain TCP; undefined where none is served so. */
  readonly silenceMillis: number | undefined;
  readonly maxConnections: number;
  /** Until a connection is understood. */
  readonly detectionMillis: number;
  choose(traits: Traits): CompiledChain | undefined;
  /** What the chains run on, by all that it was made of, so that the next configuration can keep it. */
  readonly served: ReadonlyMap<string, Served>;
  readonly terminations: ReadonlyMap<string, TlsTermination>;
}

/** Tells what serves one configuration, and not the other, to come to an end. */
export function drainUnlessKept(
  served: CompiledListener['served'],
  kept: CompiledListener['served'] | undefined,
): void {
  for (const [key, one] of served) if (one.kind === 'http' && kept?.has(key) !== true) one.acceptor.drain();
}
