import { readFile } from 'node:fs/promises';
import type { Log } from 'fairlead/sdk';
import type { AuthClient, JWT } from 'google-auth-library';
import type { StackdriverConfig } from './config.js';
import { type Endpoints, isPlain } from './endpoints.js';
import type { GoogleAuthLibrary } from './google-auth.js';
import { untilAborted } from './until-aborted.js';

const scopes = ['https://www.googleapis.com/auth/cloud-platform'];
const googleTokenUri = 'https://oauth2.googleapis.com/token';
const tokenTimeoutMillis = 10_000;

/** Where tokens come from. */
export interface Tokens {
  /** The value of an Authorization header, asked for as long as the signal is not aborted; undefined for none. */
  authorization(signal: AbortSignal): Promise<string | undefined>;
  /** Says that the last token was refused: the next one is new. */
  expire(): void;
}

/** What {@link createTokens} needs to know. */
export interface TokensOptions {
  readonly library: GoogleAuthLibrary;
  readonly config: Pick<StackdriverConfig, 'appCredentials' | 'apiKey' | 'serviceAccountPath'>;
  readonly endpoints: Endpoints;
  readonly projectId: string;
  readonly log: Log;
}

/**
 * Makes a source of tokens (adapters.md 4.8): of a service account, or else the Application Default Credentials. Nobody
 * is asked for a token before it is needed. Rejects when the file is no key of a service account.
 */
export async function createTokens({ library, config, endpoints, projectId, log }: TokensOptions): Promise<Tokens> {
  const { apiKey, serviceAccountPath: path, appCredentials } = config;
  if (apiKey !== undefined) log.warn('api keys are not supported any more, using application default credentials');
  const text = path === undefined ? undefined : await readKeyFile(path, log);
  if (text !== undefined) {
    const key = parseKey(text, path ?? '');
    return tokensOf(() => {
      const client = createClient(key, library);
      return () => Promise.resolve(client);
    });
  }
  const saysNothing = apiKey === undefined && path === undefined && appCredentials !== true;
  if (saysNothing && Object.values(endpoints).every(isPlain)) return noTokens;
  return tokensOf(() => {
    // With the project it does not look for one, for which it would start a program.
    const auth = new library.GoogleAuth({ scopes, projectId });
    return () => auth.getClient();
  });
}

const noTokens: Tokens = { authorization: () => Promise.resolve(undefined), expire: () => undefined };

/** `start` prepares a client, which whoever asks shares. */
function tokensOf(start: () => () => Promise<AuthClient>): Tokens {
  let getClient = start();
  let last: AuthClient | undefined;
  return {
    async authorization(signal) {
      const get = getClient;
      try {
        last = await untilAborted(get(), signal);
        const { token } = await untilAborted(last.getAccessToken(), signal);
        return typeof token === 'string' ? `Bearer ${token}` : undefined;
      } catch (cause) {
        // A client lets all wait for one answer; nobody shall wait for one that did not come in time.
        if (signal.aborted && getClient === get) getClient = start();
        throw cause;
      }
    },
    expire() {
      if (last !== undefined) last.credentials = { ...last.credentials, expiry_date: 1 };
    },
  };
}

/** The content of the file; nothing when there is none, which Mixer only warns of. */
async function readKeyFile(path: string, log: Log): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    log.warn('there is no such file, using application default credentials', { service_account_path: path });
    return undefined;
  }
}

interface Key {
  readonly email: string;
  readonly privateKey: string;
  readonly tokenUri: string;
}

function parseKey(text: string, path: string): Key {
  const content = parseSecret(text);
  const fields = typeof content === 'object' && content !== null ? (content as Readonly<Record<string, unknown>>) : {};
  const { client_email: email, private_key: privateKey, token_uri: tokenUri = googleTokenUri } = fields;
  if (typeof email === 'string' && typeof privateKey === 'string' && typeof tokenUri === 'string') {
    return { email, privateKey, tokenUri };
  }
  throw new Error(`the file "${path}" is no key of a service account`);
}

/** Undefined for what is no JSON: the parser's own error would quote a secret. */
function parseSecret(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function createClient({ email, privateKey, tokenUri }: Key, library: GoogleAuthLibrary): JWT {
  const client = new library.JWT({
    email,
    key: privateKey,
    scopes,
    additionalClaims: { aud: tokenUri },
    transporterOptions: { timeout: tokenTimeoutMillis },
  });
  // The library would ask Google whatever the file says, again and again; all that this client asks for are tokens, and
  // who tries again is the delivery.
  client.transporter.interceptors.request.add({
    resolved: (request) => {
      request.url = new URL(tokenUri);
      request.retryConfig = { retry: 0 };
      return Promise.resolve(request);
    },
  });
  return client;
}
