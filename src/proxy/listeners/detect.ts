import type { Socket } from 'node:net';
import type { Address } from '../http/message.js';
import type { Traits } from './chain-match.js';
import { type ClientHello, parseClientHello } from './client-hello.js';
import type { CompiledChain, CompiledListener } from './compiled-listener.js';
import { detectHttp, type HttpVersion } from './http-version.js';
import type { Peeked } from './peek.js';
import { plainAddress } from './plain-address.js';
import { parseProxyHeader } from './proxy-header.js';
import type { ProxyHeader } from './proxy-header-type.js';
import { bad, found, type Verdict } from './verdict.js';

/** What becomes known of a connection before it is served. */
export interface Detected extends Peeked {
  readonly chain: CompiledChain;
  /** Of its PROXY header. */
  readonly route: ProxyHeader['route'];
  readonly serverName: string | undefined;
  /** Of what comes in the clear; undefined when TLS or other bytes come. */
  readonly http: HttpVersion | undefined;
}

export const noChain = 'no chain takes it';

interface Parts {
  readonly listener: CompiledListener;
  readonly local: Address;
}

/** Looks at the first bytes of a connection, as far as the listener needs it. */
export function detect(bytes: Buffer, parts: Parts): Verdict<Detected> {
  if (!parts.listener.hasProxyHeader) return detectChain(bytes, { ...parts, header: noHeader });
  const header = parseProxyHeader(bytes);
  return header.kind === 'found' ? detectChain(bytes, { ...parts, header: header.value }) : header;
}

/** What it is when it says nothing: whoever waits for the other side to speak first is not of TLS, nor of HTTP. */
export function detectSilent(bytes: Buffer, { listener, local }: Parts): Detected | undefined {
  const header = listener.hasProxyHeader ? parseProxyHeader(bytes) : found(noHeader);
  if (header.kind !== 'found' || header.value.length !== bytes.length) return undefined;
  const { length, route } = header.value;
  const chain = listener.choose({ destination: route?.destination ?? local, isTls: false, serverName: undefined });
  if (chain?.served.kind !== 'tcp') return undefined;
  return { chain, route, used: length, serverName: undefined, http: undefined };
}

const noHeader: ProxyHeader = { length: 0, route: undefined };

function detectChain(bytes: Buffer, { listener, local, header }: Parts & { header: ProxyHeader }): Verdict<Detected> {
  const { length: used, route } = header;
  const rest = used === 0 ? bytes : bytes.subarray(used);
  const hello = listener.needsHello ? parseClientHello(rest) : found(undefined);
  if (hello.kind !== 'found') return later(hello, used);
  const chain = listener.choose(traitsOf(hello.value, route?.destination ?? local));
  if (chain === undefined) return bad(noChain);
  const http = isPlainHttp(chain) ? detectHttp(rest) : found(undefined);
  if (http.kind !== 'found') return later(http, used);
  return found({ chain, route, used, serverName: hello.value?.serverName, http: http.value });
}

function isPlainHttp({ served, tls }: CompiledChain): boolean {
  return served.kind === 'http' && tls === undefined;
}

function traitsOf(hello: ClientHello | undefined, destination: Address): Traits {
  return { destination, isTls: hello !== undefined, serverName: hello?.serverName };
}

/** Counts what came before. */
function later(verdict: Exclude<Verdict<unknown>, { kind: 'found' }>, used: number): Verdict<never> {
  return verdict.kind === 'more' ? { kind: 'more', atLeast: verdict.atLeast + used } : verdict;
}

/** The two ends of a connection. */
export function endsOf(socket: Socket): { remote: Address; local: Address } {
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket;
  return {
    remote: { host: plainAddress(remoteAddress), port: remotePort },
    local: { host: plainAddress(localAddress), port: localPort },
  };
}
