import { ByteReader } from './byte-reader.js';

/** What a caller says in the clear before it has met the server. */
export interface ClientHello {
  /** As it was written. */
  readonly serverName: string | undefined;
  readonly alpn: readonly string[];
}

const serverNameExtension = 0;
const alpnExtension = 16;
const hostName = 0;
// Underscores are in the names of clusters (mesh.md 2.3), and in some of the world.
const plausibleName = /^[A-Za-z0-9._-]{1,255}$/;

/** Undefined when the body of a ClientHello is not sound to its last byte. */
export function readExtensions(body: Buffer): ClientHello | undefined {
  const reader = new ByteReader(body);
  const versionAndRandom = 34;
  reader.take(versionAndRandom);
  // Session, cipher suites, compression methods.
  reader.block(1);
  reader.block(2);
  reader.block(1);
  const hello: Mutable<ClientHello> = { serverName: undefined, alpn: [] };
  // Callers of old have none.
  if (reader.isAtEnd) return reader.isSound ? hello : undefined;
  const extensions = reader.block(2);
  const isWhole = reader.rest().length === 0 && reader.isSound;
  return isWhole && readEach(extensions, hello) ? hello : undefined;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function readEach(extensions: ByteReader, hello: Mutable<ClientHello>): boolean {
  const seen = new Set<number>();
  while (!extensions.isAtEnd) {
    const type = extensions.number(2);
    const content = extensions.block(2);
    // Were one allowed twice, we could take the first for what the server takes the second for.
    if (!extensions.isSound || seen.has(type)) return false;
    seen.add(type);
    if (type === serverNameExtension && !readServerName(content, hello)) return false;
    if (type === alpnExtension && !readAlpn(content, hello)) return false;
  }
  return true;
}

function readServerName(content: ByteReader, hello: Mutable<ClientHello>): boolean {
  const list = content.block(2);
  if (!content.isSound || !content.isAtEnd) return false;
  while (!list.isAtEnd) {
    const type = list.number(1);
    const name = list.block(2).rest().toString('latin1');
    if (!list.isSound || type !== hostName || hello.serverName !== undefined || !plausibleName.test(name)) return false;
    hello.serverName = name;
  }
  return hello.serverName !== undefined;
}

function readAlpn(content: ByteReader, hello: Mutable<ClientHello>): boolean {
  const list = content.block(2);
  if (!content.isSound || !content.isAtEnd) return false;
  const names: string[] = [];
  while (!list.isAtEnd) {
    const name = list.block(1).rest().toString('latin1');
    if (!list.isSound || name === '') return false;
    names.push(name);
  }
  hello.alpn = names;
  return names.length > 0;
}
