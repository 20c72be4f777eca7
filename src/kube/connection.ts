import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps, type RequestOptions } from 'node:https';
import type { Access, Material } from './access.js';
import { type LoadLibrary, loadLibraryConfig } from './client-library.js';
import type { Answer, Connection } from './types.js';

/**
 * Makes a connection of what a kubeconfig or a pod's service account says. It does not connect yet. Certificates and
 * tokens in files are read anew for each request, for they are renewed in place.
 */
export function createConnection(access: Access, load?: LoadLibrary): Connection {
  const isHttps = access.server.protocol === 'https:';
  // Pages of a list share a connection; a watch has one of its own.
  const agent = isHttps ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const identify = createIdentity(access, load);
  const root = access.server.pathname.replace(/\/+$/, '');
  return {
    server: access.server.origin + root,
    get: async (path, signal) => {
      const options: RequestOptions = { agent, ...(await identify()), method: 'GET', signal };
      return ask(new URL(root + path, access.server), options, isHttps ? requestHttps : requestHttp);
    },
    close: () => agent.destroy(),
  };
}

/** The headers, certificates and, through a proxy, the agent of each request. */
function createIdentity(access: Access, load: LoadLibrary | undefined): () => Promise<RequestOptions> {
  const { credentials } = access;
  if (credentials.kind !== 'library') return () => identityOf(access);
  let loading: ReturnType<typeof loadLibraryConfig> | undefined;
  return async () => {
    loading ??= loadLibraryConfig(credentials, load);
    const options: RequestOptions = { headers: { accept: 'application/json' } };
    await (await loading).applyToHTTPSOptions(options);
    return options;
  };
}

async function identityOf({ credentials, ca, cert, key, ...access }: Access): Promise<RequestOptions> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (credentials.kind === 'token')
    headers['authorization'] = `Bearer ${(await read(credentials.token)).toString().trim()}`;
  if (access.impersonate !== undefined) headers['impersonate-user'] = access.impersonate;
  return {
    headers,
    ...(credentials.kind === 'basic' ? { auth: `${credentials.username}:${credentials.password}` } : {}),
    ...(ca === undefined ? {} : { ca: await read(ca) }),
    ...(cert === undefined ? {} : { cert: await read(cert) }),
    ...(key === undefined ? {} : { key: await read(key) }),
    ...(access.serverName === undefined ? {} : { servername: access.serverName }),
    rejectUnauthorized: !access.isInsecure,
  };
}

async function read(material: Material): Promise<string | Buffer> {
  return material.kind === 'data' ? material.data : readFile(material.path);
}

type Request = typeof requestHttps | typeof requestHttp;

function ask(url: URL, options: RequestOptions, request: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      resolve({
        status: response.statusCode ?? 0,
        retryAfterMillis: readRetryAfter(response),
        body: response as AsyncIterable<Uint8Array>,
      });
    });
    // Stays for errors that come while the body is read: those reach its reader too.
    sent.on('error', reject);
    sent.end();
  });
}

/** Only as seconds, which is how API servers write it. */
function readRetryAfter({ headers }: IncomingMessage): number | undefined {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}
