import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext, type ConnectionOptions, type SecureContext } from 'node:tls';
import type { UpstreamTls } from '../../gen/fairlead/proxy/v1/tls.js';
import type { UpstreamEnv } from './env.js';
import { hasSubjectAltName } from './subject-alt-names.js';

// Files are looked at again for a connection that comes so much later than the last.
const freshMillis = 1000;

/** Certificates of one cluster. The files are read again when a connection is made, so that changed ones are taken up. */
export class TlsMaterial {
  readonly #tls: UpstreamTls;
  readonly #alpn: readonly string[];
  readonly #env: UpstreamEnv;
  #files: readonly (Buffer | undefined)[] = [];
  #context: SecureContext | undefined;
  #readAt = -Infinity;
  #reading: Promise<SecureContext> | undefined;

  constructor(tls: UpstreamTls, http2: boolean, env: UpstreamEnv) {
    this.#tls = tls;
    this.#env = env;
    const alpn = tls.alpn.length === 0 && http2 ? ['h2'] : tls.alpn;
    // A server that chose HTTP/2 would not understand what we then say.
    this.#alpn = http2 ? alpn : alpn.filter((name) => name !== 'h2');
  }

  /** Rejects when there is nothing usable; files that are half written while they are replaced leave the last in use. */
  async options(): Promise<ConnectionOptions> {
    const { caFile, subjectAltNames, sni } = this.#tls;
    return {
      secureContext: await this.#current(),
      // Without an authority nothing is checked, as in Istio.
      rejectUnauthorized: caFile !== '',
      checkServerIdentity: (_host, certificate) =>
        subjectAltNames.length === 0 || hasSubjectAltName(certificate, subjectAltNames)
          ? undefined
          : new Error('certificate has none of the subject alternative names'),
      // TLS has no addresses there.
      ...(sni === '' || isIP(sni) !== 0 ? {} : { servername: sni }),
      ...(this.#alpn.length === 0 ? {} : { ALPNProtocols: [...this.#alpn] }),
    };
  }

  async #current(): Promise<SecureContext> {
    if (this.#context !== undefined && this.#env.clock.now() - this.#readAt < freshMillis) return this.#context;
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    try {
      return await this.#reading;
    } catch (cause) {
      if (this.#context !== undefined) return this.#context;
      throw cause;
    }
  }

  async #readFile(path: string): Promise<Buffer | undefined> {
    return path === '' ? undefined : await this.#env.readFile(path);
  }

  async #read(): Promise<SecureContext> {
    this.#readAt = this.#env.clock.now();
    const { certificateFile, privateKeyFile, caFile } = this.#tls;
    const files = await Promise.all([certificateFile, privateKeyFile, caFile].map((path) => this.#readFile(path)));
    const changed = this.#context === undefined || files.some((file, index) => !same(file, this.#files[index]));
    if (!changed) return this.#context!;
    const [cert, key, ca] = files;
    if (ca !== undefined) assertCertificates(ca);
    const context = createSecureContext({
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(ca === undefined ? {} : { ca }),
    });
    this.#files = files;
    this.#context = context;
    return context;
  }
}

/** Throws for what Node would pass over: a broken authority, and then nobody is believed. */
function assertCertificates(pem: Buffer): void {
  const blocks = pem.toString('latin1').split('-----BEGIN CERTIFICATE-----').slice(1);
  if (blocks.length === 0) throw new Error('no certificate in the file of the authority');
  for (const block of blocks) new X509Certificate(`-----BEGIN CERTIFICATE-----${block}`);
}

function same(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}
