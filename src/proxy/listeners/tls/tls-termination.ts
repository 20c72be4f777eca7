import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { createSecureContext, createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import type { DownstreamTls } from '../../../gen/fairlead/proxy/v1/tls.js';
import type { DownstreamTlsFacts } from '../../http/message.js';
import type { ListenerStats } from '../listener-stats.js';
import { type CertificateParts, type Certificates, CertificateSource } from './certificate-source.js';
import { compilePeerCheck, type PeerCheck, urisOf } from './peer-check.js';
import { type TlsSettings, tlsSettingsOf } from './tls-settings.js';

export type TlsParts = CertificateParts;

type OnSecure = (secure: TLSSocket, facts: DownstreamTlsFacts) => void;

interface Handshake {
  readonly stats: ListenerStats;
  readonly onSecure: OnSecure;
}

/** Ends the TLS of one chain's connections. */
export class TlsTermination {
  readonly #settings: TlsSettings;
  readonly #check: PeerCheck | undefined;
  readonly #source: CertificateSource;
  /** Never listens: connections are given to it. */
  readonly #server: Server;
  /** By what the server lets us know a socket by. */
  readonly #handshakes = new Map<string | Server, Handshake>();
  #context: SecureContextOptions = {};
  #localUris: readonly string[] | undefined;

  /** @throws Error for settings that no connection could be made with. */
  constructor(tls: DownstreamTls, isHttp: boolean, parts: TlsParts) {
    this.#settings = tlsSettingsOf(tls, isHttp);
    this.#check = compilePeerCheck(tls);
    this.#source = new CertificateSource(tls, parts, (certificates) => this.#use(certificates));
    this.#server = this.#createServer();
  }

  /** Reads the certificate; says what is wrong with it. Connections have to wait until there is one. */
  async load(): Promise<string | undefined> {
    await this.#source.refresh();
    return this.#source.problem;
  }

  /** Does the handshake. `onSecure` is not called when it fails: then the connection is closed. */
  accept(socket: Socket, stats: ListenerStats, onSecure: OnSecure): void {
    const refreshing = this.#source.refresh();
    if (refreshing === undefined) this.#begin(socket, { stats, onSecure });
    else void refreshing.then(() => this.#begin(socket, { stats, onSecure }));
  }

  #createServer(): Server {
    // Whether a certificate will do is for the check to say, which counts it.
    const asked = { requestCert: this.#check !== undefined, rejectUnauthorized: false };
    const server = createServer({ ...this.#settings, ...this.#context, ...asked });
    server.on('secureConnection', (secure) => this.#finish(secure, keyOf(secure) ?? server));
    server.on('tlsClientError', (_error, secure) => secure.destroy());
    return server;
  }

  #begin(socket: Socket, handshake: Handshake): void {
    if (socket.destroyed) return;
    if (this.#localUris === undefined) {
      handshake.stats['ssl.connection_error']++;
      socket.destroy();
      return;
    }
    const address = keyOf(socket);
    // The callers of a Unix socket have none, and would be taken for each other.
    const server = address === undefined ? this.#createServer() : this.#server;
    const key = address ?? server;
    this.#handshakes.set(key, handshake);
    socket.once('close', () => {
      // By now it may be that of another connection.
      if (this.#handshakes.get(key) !== handshake) return;
      this.#handshakes.delete(key);
      handshake.stats['ssl.connection_error']++;
    });
    // Who ends during the handshake is gone.
    socket.allowHalfOpen = false;
    server.emit('connection', socket);
  }

  #finish(secure: TLSSocket, key: string | Server): void {
    // For good: between its users nobody else would hear of an error, and it would end the process.
    secure.on('error', ignore);
    secure.allowHalfOpen = true;
    const handshake = this.#handshakes.get(key);
    this.#handshakes.delete(key);
    const problem = this.#check?.(secure);
    if (handshake === undefined || problem !== undefined) {
      if (handshake !== undefined && problem !== undefined) handshake.stats[problem]++;
      secure.destroy();
      return;
    }
    handshake.stats['ssl.handshake']++;
    handshake.onSecure(secure, this.#factsOf(secure));
  }

  #factsOf(secure: TLSSocket): DownstreamTlsFacts {
    const peer = this.#check === undefined ? undefined : secure.getPeerX509Certificate();
    // Not in Node's types: false when the caller gave no name.
    const { servername } = secure as { servername?: string | false };
    return {
      serverName: typeof servername === 'string' ? servername : undefined,
      peerUris: peer === undefined ? undefined : urisOf(peer),
      localUris: this.#localUris ?? [],
    };
  }

  #use({ cert, key, ca }: Certificates): void {
    const { minVersion, maxVersion, ciphers, honorCipherOrder } = this.#settings;
    const context: SecureContextOptions = {
      ...{ cert, key, minVersion, maxVersion, honorCipherOrder },
      ...(ciphers === undefined ? {} : { ciphers }),
      ...(ca === undefined ? {} : { ca }),
    };
    const uris = urisOf(new X509Certificate(cert));
    // A server that was given something unusable would have nothing left.
    createSecureContext(context);
    this.#server.setSecureContext(context);
    this.#context = context;
    this.#localUris = uris;
  }
}

/** By both ends of the connection. */
function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string | undefined {
  return remotePort === undefined ? undefined : `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

function ignore(): void {
  // The close that follows says all there is to know.
}
