import { readFile } from 'node:fs/promises';

import type { OtlpConfig } from './config.js';

/** PEM texts; undefined where the system's, or none, will do. */
export interface Certificates {
  readonly ca: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

/** Reads the files that a configuration names. A file that cannot be read keeps the handler from being built. */
export async function readCertificates({ tls }: OtlpConfig): Promise<Certificates> {
  const [ca, cert, key] = await Promise.all([
    read('tls.caFile', tls?.caFile),
    read('tls.certFile', tls?.certFile),
    read('tls.keyFile', tls?.keyFile),
  ]);
  return { ca, cert, key };
}

async function read(field: string, path = ''): Promise<Buffer | undefined> {
  if (path === '') return undefined;
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Error(`${field}: '${path}' cannot be read`, { cause });
  }
}
