const defaultPort = 6379;
const scheme = /^([a-z][a-z0-9+.-]*):\/\//i;

/** Where a server listens. */
interface Server {
  readonly host: string;
  readonly port: number;
}

/** What the text of `redisServerUrl` says. */
export interface Addresses {
  readonly servers: readonly Server[];
  readonly encrypted: boolean;
  /** Empty when the text has none; so is the password. */
  readonly username: string;
  readonly password: string;
  readonly db: number;
}

/** The text is no address; the message says why, and never repeats a password. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/**
 * Reads `host:port`, `[v6]:port`, `redis://[user:password@]host[:port][/db]` or `rediss://`, or several of them behind
 * commas: user, password, database and encryption are those of the first, and count for all.
 */
export function parseAddresses(text: string): Addresses {
  const urls = text.split(',').map((part) => parseUrl(part.trim()));
  const first = urls[0]!;
  if (urls.some((url) => url.protocol !== first.protocol)) throw new AddressError('all addresses need one scheme');
  return {
    servers: urls.map((url) => ({
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? defaultPort : Number(url.port),
    })),
    encrypted: first.protocol === 'rediss:',
    username: unescaped(first.username),
    password: unescaped(first.password),
    db: parseDatabase(first.pathname),
  };
}

function parseUrl(text: string): URL {
  const full = scheme.test(text) ? text : `redis://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url === undefined || url.hostname === '') throw new AddressError('is not "host:port" or a redis:// URL');
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') throw new AddressError('must be redis:// or rediss://');
  if (url.search !== '' || url.hash !== '') throw new AddressError('must not have a query or a fragment');
  return url;
}

function parseDatabase(path: string): number {
  if (path === '' || path === '/') return 0;
  if (!/^\/\d{1,5}$/.test(path)) throw new AddressError('the path of a redis:// URL is the number of a database');
  return Number(path.slice(1));
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray "%" is one that nobody escaped.
    return text;
  }
}
