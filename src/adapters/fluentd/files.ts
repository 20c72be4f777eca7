import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { ConnectionOptions } from 'node:tls';
import type { FluentdConfig } from './config.js';
import type { Security } from './sender.js';

/** Reads the certificates that the configuration names. */
export async function readTls({ tls }: FluentdConfig): Promise<ConnectionOptions | undefined> {
  if (tls === undefined) return undefined;
  const [ca, cert, key] = await Promise.all([tls.caFile, tls.certFile, tls.keyFile].map(readOptional));
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(tls.serverName !== '' && { servername: tls.serverName }),
  };
}

/** Reads the secrets that the configuration names. A line break at the end is the editor's. */
export async function readSecurity({ security }: FluentdConfig): Promise<Security | undefined> {
  if (security === undefined) return undefined;
  const [sharedKey = '', password = ''] = await Promise.all(
    [security.sharedKeyFile, security.passwordFile].map(readOptional),
  );
  return {
    clientHostname: security.clientHostname === '' ? hostname() : security.clientHostname,
    sharedKey: sharedKey.replace(/\r?\n$/, ''),
    username: security.username,
    password: password.replace(/\r?\n$/, ''),
  };
}

async function readOptional(path: string): Promise<string | undefined> {
  return path === '' ? undefined : readFile(path, 'utf8');
}
