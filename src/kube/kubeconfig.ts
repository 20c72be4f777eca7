import { isAbsolute, join } from 'node:path';
import { parseDocument } from 'yaml';
import { MixerError } from '../util/errors.js';
import type { Access, Credentials, Material } from './access.js';

type Fields = Readonly<Record<string, unknown>>;

/** Where a kubeconfig comes from, and thereby how far it is trusted. */
export interface KubeconfigSource {
  /** For messages: a path, or the name of a secret. */
  readonly name: string;
  /** What paths in it are relative to. Undefined refuses paths and programs: who wrote it must not read files here. */
  readonly folder: string | undefined;
}

/** Reads the current context of a kubeconfig. Throws a MixerError with all that is wrong with it. */
export function parseKubeconfig(text: string, source: KubeconfigSource): Access {
  const problems: string[] = [];
  const document = parseDocument(text, { version: '1.2' });
  const root: unknown = document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 });
  if (document.errors.length > 0) problems.push(...document.errors.map(({ message }) => message.split('\n')[0]!));
  else if (!isFields(root)) problems.push('it is no map');
  const access = isFields(root) ? readAccess(root, { text, source, problems }) : undefined;
  if (access === undefined || problems.length > 0) {
    throw new MixerError('INTERNAL', `kubeconfig "${source.name}": ${problems.join('; ')}`);
  }
  return access;
}

interface Reading {
  readonly text: string;
  readonly source: KubeconfigSource;
  readonly problems: string[];
}

function readAccess(root: Fields, reading: Reading): Access | undefined {
  const { problems } = reading;
  const current = textOf(root, 'current-context');
  if (current === undefined) {
    problems.push('current-context is missing');
    return undefined;
  }
  const context = find(root, 'contexts', { name: current, part: 'context', problems });
  if (context === undefined) return undefined;
  const cluster = find(root, 'clusters', { name: textOf(context, 'cluster') ?? '', part: 'cluster', problems });
  const userName = textOf(context, 'user');
  const user = userName === undefined ? {} : find(root, 'users', { name: userName, part: 'user', problems });
  const server = readServer(cluster, problems);
  if (cluster === undefined || user === undefined || server === undefined) return undefined;
  const isInsecure = cluster['insecure-skip-tls-verify'] === true;
  const material = (from: Fields, field: string): Material | undefined => readMaterial(from, field, reading);
  const [ca, cert, key] = [
    material(cluster, 'certificate-authority'),
    material(user, 'client-certificate'),
    material(user, 'client-key'),
  ];
  if ((cert === undefined) !== (key === undefined)) problems.push('client-certificate and client-key go together');
  return {
    server,
    ca: isInsecure ? undefined : ca,
    cert,
    key,
    serverName: textOf(cluster, 'tls-server-name'),
    isInsecure,
    impersonate: textOf(user, 'as'),
    credentials: readCredentials(cluster, user, reading),
    namespace: textOf(context, 'namespace'),
  };
}

function readCredentials(cluster: Fields, user: Fields, reading: Reading): Credentials {
  const { text, source, problems } = reading;
  const why = isFields(user['exec'])
    ? 'exec'
    : isFields(user['auth-provider'])
      ? 'auth-provider'
      : textOf(cluster, 'proxy-url') === undefined
        ? undefined
        : 'proxy-url';
  if (why !== undefined) {
    if (source.folder !== undefined) return { kind: 'library', kubeconfig: text, folder: source.folder, why };
    if (why !== 'proxy-url') problems.push(`${why} is not taken from a secret`);
    if (user['tokenFile'] !== undefined) fileOf('', 'tokenFile', reading);
    return { kind: 'library', kubeconfig: restated(cluster, user), folder: '', why };
  }
  // As in client-go the text goes before the file.
  const token = textOf(user, 'token');
  if (token !== undefined) return { kind: 'token', token: { kind: 'data', data: token } };
  const path = textOf(user, 'tokenFile');
  if (path !== undefined) return { kind: 'token', token: fileOf(path, 'tokenFile', reading) };
  const username = textOf(user, 'username');
  if (username === undefined) return { kind: 'none' };
  return { kind: 'basic', username, password: textOf(user, 'password') ?? '' };
}

const takenFromSecrets = {
  cluster: ['server', 'proxy-url', 'certificate-authority-data', 'tls-server-name', 'insecure-skip-tls-verify'],
  user: ['token', 'username', 'password', 'client-certificate-data', 'client-key-data', 'as'],
} as const;

/**
 * A kubeconfig with what has been looked at, and nothing else: the library reads the token files of all users, and finds
 * programs where another parser of YAML sees none.
 */
function restated(cluster: Fields, user: Fields): string {
  const pick = (from: Fields, fields: readonly string[]): Fields =>
    Object.fromEntries(fields.filter((field) => from[field] !== undefined).map((field) => [field, from[field]]));
  return JSON.stringify({
    'current-context': 'it',
    contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
    clusters: [{ name: 'it', cluster: pick(cluster, takenFromSecrets.cluster) }],
    users: [{ name: 'it', user: pick(user, takenFromSecrets.user) }],
  });
}

function readServer(cluster: Fields | undefined, problems: string[]): URL | undefined {
  if (cluster === undefined) return undefined;
  const text = textOf(cluster, 'server') ?? '';
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  problems.push(`server "${text}" is no http or https address`);
  return undefined;
}

/** `<field>-data` in base64, or else `<field>`, which is a path. */
function readMaterial(from: Fields, field: string, reading: Reading): Material | undefined {
  const data = textOf(from, `${field}-data`);
  if (data !== undefined) return { kind: 'data', data: Buffer.from(data, 'base64') };
  const path = textOf(from, field);
  return path === undefined ? undefined : fileOf(path, field, reading);
}

function fileOf(path: string, field: string, { source, problems }: Reading): Material {
  if (source.folder === undefined) problems.push(`${field} is not taken from a file here; use what goes in place`);
  return { kind: 'file', path: isAbsolute(path) ? path : join(source.folder ?? '', path) };
}

function find(
  root: Fields,
  list: string,
  { name, part, problems }: { readonly name: string; readonly part: string; readonly problems: string[] },
): Fields | undefined {
  const items: unknown = root[list];
  for (const item of Array.isArray(items) ? (items as readonly unknown[]) : []) {
    if (isFields(item) && item['name'] === name) return isFields(item[part]) ? item[part] : {};
  }
  problems.push(`there is no ${part} "${name}"`);
  return undefined;
}

/** A text that is there and not empty. */
function textOf(from: Fields, field: string): string | undefined {
  const value = from[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
