import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Access } from './access.js';
import type { Environment } from './environment.js';

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The way to the cluster that this process is a pod of; undefined where it is none. */
export function inClusterAccess(
  { serviceHost, servicePort }: Environment,
  folder = serviceAccountFolder,
): Access | undefined {
  const token = join(folder, 'token');
  if (serviceHost === undefined || serviceHost === '' || !existsSync(token)) return undefined;
  const host = serviceHost.includes(':') ? `[${serviceHost}]` : serviceHost;
  const port = servicePort === undefined || servicePort === '' ? '443' : servicePort;
  return {
    server: new URL(`https://${host}:${port}`),
    ca: { kind: 'file', path: join(folder, 'ca.crt') },
    cert: undefined,
    key: undefined,
    serverName: undefined,
    isInsecure: false,
    impersonate: undefined,
    // Tokens of pods are renewed in place, every hour.
    credentials: { kind: 'token', token: { kind: 'file', path: token } },
    namespace: readNamespace(join(folder, 'namespace')),
  };
}

function readNamespace(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // Not every pod has it, and nothing here depends on it.
    return undefined;
  }
}
