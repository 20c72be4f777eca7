import { readFile } from 'node:fs/promises';
import type * as library from 'google-auth-library';
import { untilAborted } from './until-aborted.js';

const scopes = ['https://www.googleapis.com/auth/cloud-platform', 'https://www.googleapis.com/auth/servicecontrol'];
const googleTokenUri = 'https://oauth2.googleapis.com/token';
const tokenTimeoutMillis = 10_000;

/** Gives the value of an Authorization header, as long as the signal is not aborted; undefined for none. */
export type Authorize = (signal: AbortSignal) => Promise<string | undefined>;

interface Key {
  readonly email: string;
  readonly privateKey: string;
  readonly tokenUri: string;
}

/**
 * Makes a source of tokens of a service account; no path makes one that has none. A token is fetched when it is first
 * needed, by all calls together. Rejects when the file, or the client library, is not there or not what it should be.
 */
export async function createAuthorize(path: string): Promise<Authorize> {
  if (path === '') return () => Promise.resolve(undefined);
  const key = await readKey(path);
  const client = createClient(key, await loadLibrary());
  return async (signal) => {
    const { token } = await untilAborted(client.getAccessToken(), signal);
    return typeof token === 'string' ? `Bearer ${token}` : undefined;
  };
}

async function readKey(path: string): Promise<Key> {
  const content = parseSecret(await readFile(path, 'utf8'));
  const fields = typeof content === 'object' && content !== null ? (content as Readonly<Record<string, unknown>>) : {};
  const { client_email: email, private_key: privateKey, token_uri: tokenUri = googleTokenUri } = fields;
  if (typeof email !== 'string' || typeof privateKey !== 'string' || typeof tokenUri !== 'string') {
    throw new Error(`the credentials in "${path}" are no key of a service account`);
  }
  return { email, privateKey, tokenUri };
}

/** What a text of JSON says; undefined when it is none. A parser's error would quote it, and it is a secret. */
function parseSecret(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function loadLibrary(): Promise<typeof library> {
  try {
    return await import('google-auth-library');
  } catch (cause) {
    throw new Error('the adapter servicecontrol needs a package: npm install google-auth-library@10', { cause });
  }
}

function createClient({ email, privateKey, tokenUri }: Key, { JWT }: typeof library): library.JWT {
  const client = new JWT({
    email,
    key: privateKey,
    scopes,
    additionalClaims: { aud: tokenUri },
    transporterOptions: { timeout: tokenTimeoutMillis },
  });
  // All it asks for are tokens, and always of the same server.
  client.transporter.interceptors.request.add({
    resolved: (config) => {
      config.url = new URL(tokenUri);
      return Promise.resolve(config);
    },
  });
  return client;
}
