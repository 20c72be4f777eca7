import type { DownstreamTls } from '../../../gen/fairlead/proxy/v1/tls.js';
import type { ProxyEnv } from '../../env.js';

/** What the files of a certificate hold. */
export interface Certificates {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer | undefined;
}

/** What certificates are read with. */
export interface CertificateParts {
  readonly env: ProxyEnv;
  readonly readFile: (path: string) => Promise<Buffer>;
}

// Files are looked at again for a connection that comes so much later than the last look.
const freshMillis = 1000;

/** The files of one certificate, which are replaced while they are in use. */
export class CertificateSource {
  readonly #tls: DownstreamTls;
  readonly #parts: CertificateParts;
  readonly #use: (certificates: Certificates) => void;
  #used: readonly (Buffer | undefined)[] = [];
  #lookedAt = -Infinity;
  #looking: Promise<void> | undefined;
  /** What the files were wrong with when they were last looked at. */
  problem: string | undefined;

  /** `use` is called with what is new; when it throws, that is not used, as files are that are half written. */
  constructor(tls: DownstreamTls, parts: CertificateParts, use: (certificates: Certificates) => void) {
    this.#tls = tls;
    this.#parts = parts;
    this.#use = use;
  }

  /** Looks at the files, unless that was done just now: then undefined. Never rejects. */
  refresh(): Promise<void> | undefined {
    if (this.#looking !== undefined) return this.#looking;
    const now = this.#parts.env.monotonic();
    if (now - this.#lookedAt < freshMillis) return undefined;
    this.#lookedAt = now;
    this.#looking = this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #look(): Promise<void> {
    try {
      await this.#read();
      this.problem = undefined;
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      if (problem !== this.problem) {
        this.#parts.env.log.warn('certificate cannot be used', { file: this.#tls.certificateFile, problem });
      }
      this.problem = problem;
    }
  }

  async #read(): Promise<void> {
    const { certificateFile, privateKeyFile, caFile } = this.#tls;
    const { readFile } = this.#parts;
    const files = await Promise.all([
      readFile(certificateFile),
      readFile(privateKeyFile),
      caFile === '' ? undefined : readFile(caFile),
    ]);
    const [cert, key, ca] = files;
    if (this.#used.length > 0 && files.every((file, index) => isSame(file, this.#used[index]))) return;
    this.#use({ cert, key, ca });
    this.#used = files;
  }
}

function isSame(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}
