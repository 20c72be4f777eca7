import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ProxyEnv } from '../env.js';
import type { Address, Downstream, DownstreamTlsFacts } from '../http/message.js';
import type { CompiledListener } from './compiled-listener.js';
import { detect, type Detected, detectSilent, endsOf, noChain } from './detect.js';
import { detectHttp, type HttpVersion } from './http-version.js';
import type { ListenerStats } from './listener-stats.js';
import { peek, type Peeked } from './peek.js';
import { found, type Verdict } from './verdict.js';

export interface ArrivalParts {
  readonly env: ProxyEnv;
  readonly stats: ListenerStats;
}

/** Finds out what a new connection is, and hands it to the chain that serves such; or closes it. */
export function receive(socket: Socket, listener: CompiledListener, parts: ArrivalParts): void {
  new Arrival(socket, listener, parts).begin();
}

/** A connection until it is served. */
class Arrival {
  readonly #socket: Socket;
  readonly #listener: CompiledListener;
  readonly #parts: ArrivalParts;
  readonly #ends: { readonly remote: Address; readonly local: Address };
  readonly #cancels: (() => void)[] = [];
  #isSettled = false;

  constructor(socket: Socket, listener: CompiledListener, parts: ArrivalParts) {
    this.#socket = socket;
    this.#listener = listener;
    this.#parts = parts;
    this.#ends = endsOf(socket);
  }

  begin(): void {
    const listener = this.#listener;
    if (!listener.needsBytes) {
      const known = detect(Buffer.alloc(0), this.#detection);
      if (known.kind === 'found') this.#serve(known.value);
      else this.#refuse(noChain);
      return;
    }
    this.#after(listener.detectionMillis, () => {
      this.#settle();
      this.#parts.stats.downstream_pre_cx_timeout++;
      this.#socket.destroy();
    });
    this.#socket.once('close', this.#settle);
    this.#peek();
  }

  get #detection(): { listener: CompiledListener; local: Address } {
    return { listener: this.#listener, local: this.#ends.local };
  }

  #peek(): void {
    let bytes: Buffer = Buffer.alloc(0);
    const inspect = (all: Buffer): Verdict<Detected> => detect((bytes = all), this.#detection);
    const looking = peek(this.#socket, inspect, (verdict) => {
      if (verdict.kind === 'found') this.#serve(verdict.value);
      else this.#refuse(verdict.reason);
    });
    const { silenceMillis } = this.#listener;
    if (silenceMillis === undefined) return;
    this.#after(silenceMillis, () => {
      const silent = looking.seen === bytes.length ? detectSilent(bytes, this.#detection) : undefined;
      if (silent === undefined) return;
      looking.stop(silent.used);
      this.#serve(silent);
    });
  }

  #serve(detected: Detected): void {
    const { chain, http } = detected;
    if (chain.tls === undefined) {
      this.#hand(this.#socket, detected, { http, tls: undefined });
      return;
    }
    chain.tls.accept(this.#socket, this.#parts.stats, (secure, tls) => {
      if (chain.served.kind === 'tcp') this.#hand(secure, detected, { http, tls });
      else this.#chooseHttp(secure, (version) => this.#hand(secure, detected, { http: version, tls }));
    });
  }

  /** By what was agreed on; otherwise by what comes. */
  #chooseHttp(secure: TLSSocket, use: (version: HttpVersion) => void): void {
    const { alpnProtocol } = secure;
    if (alpnProtocol === 'h2' || alpnProtocol === 'http/1.1') {
      use(alpnProtocol === 'h2' ? 'http2' : 'http1');
      return;
    }
    peek(secure, inspectHttp, (verdict) => {
      if (verdict.kind === 'found') use(verdict.value.version);
      else this.#refuse(verdict.reason);
    });
  }

  #hand(
    socket: Socket | TLSSocket,
    { chain, route, serverName }: Detected,
    { http = 'http1', tls }: { http: HttpVersion | undefined; tls: DownstreamTlsFacts | undefined },
  ): void {
    this.#settle();
    const { remote, local } = this.#ends;
    const downstream: Downstream = {
      remote: route?.source ?? remote,
      local,
      destination: route?.destination,
      tls,
    };
    if (chain.served.kind === 'http') chain.served.acceptor.accept(socket, downstream, http);
    else chain.served.proxy.accept(socket, { downstream, serverName });
  }

  #refuse(reason: string): void {
    const { stats } = this.#parts;
    // Whoever was given up before has been counted.
    if (this.#isSettled) return;
    this.#settle();
    if (reason === noChain) stats.no_filter_chain_match++;
    else stats.downstream_listener_filter_error++;
    this.#socket.destroy();
  }

  #after(millis: number, work: () => void): void {
    this.#cancels.push(this.#parts.env.after(millis, work));
  }

  readonly #settle = (): void => {
    this.#isSettled = true;
    this.#socket.off('close', this.#settle);
    for (const cancel of this.#cancels) cancel();
    this.#cancels.length = 0;
  };
}

function inspectHttp(bytes: Buffer): Verdict<Peeked & { version: HttpVersion }> {
  const version = detectHttp(bytes);
  return version.kind === 'found' ? found({ used: 0, version: version.value }) : version;
}
