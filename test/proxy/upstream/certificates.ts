import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An authority in a folder, and certificates that it signs. */
export class TestAuthority {
  readonly caFile: string;
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    this.caFile = join(folder, `${name}.pem`);
    const made = ['req', '-x509', ...newKey, '-days', '2', '-subj', `/CN=${name}`];
    openssl([...made, '-keyout', join(folder, `${name}.key`), '-out', this.caFile]);
  }

  /** Files with a certificate of these names, `DNS:a,URI:b`. */
  issue(file: string, names: string): { certFile: string; keyFile: string; cert: string; key: string } {
    const [certFile, keyFile] = [join(this.#folder, `${file}.pem`), join(this.#folder, `${file}.key`)];
    const [requestFile, extensions] = [join(this.#folder, `${file}.csr`), join(this.#folder, `${file}.ext`)];
    writeFileSync(extensions, `subjectAltName=${names}\n`);
    openssl(['req', ...newKey, '-subj', `/CN=${file}`, '-keyout', keyFile, '-out', requestFile]);
    const signer = ['-CA', this.caFile, '-CAkey', join(this.#folder, `${this.#name}.key`), '-CAcreateserial'];
    openssl(['x509', '-req', '-in', requestFile, ...signer, '-days', '2', '-extfile', extensions, '-out', certFile]);
    return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function openssl(parameters: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', parameters);
  if (status !== 0) throw new Error(`openssl failed: ${stderr.toString()}`);
}
