import { util } from 'undici';
import type { UpstreamRequest } from '../types.js';

/** Headers of one connection; undici writes its own. */
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

// The first two are the request line's and ours. Nobody would hear of a `100 Continue`.
const neverSent: ReadonlySet<string> = new Set([...ofConnection, 'host', 'expect', 'te']);

/** What undici writes as headers. A length is the caller's only where undici cannot know it. */
export function writtenHeaders({ head, body }: UpstreamRequest): string[] {
  const { raw } = head.headers;
  const keepLength = body !== undefined && !Buffer.isBuffer(body);
  const written = head.authority === '' ? [] : ['host', head.authority];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    if (neverSent.has(name) || (name === 'content-length' && !keepLength)) continue;
    written.push(name, raw[index + 1]!);
  }
  return written;
}

/** Names and values of what undici has read, without those of the connection. */
export function readHeaders(raw: readonly Buffer[]): string[] {
  const read: string[] = [];
  let listed: string | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    const name = util.headerNameToString(raw[index]!);
    const value = raw[index + 1]!.toString('latin1');
    if (!ofConnection.has(name)) read.push(name, value);
    else if (name === 'connection') listed = listed === undefined ? value : `${listed},${value}`;
  }
  return listed === undefined ? read : withoutListed(read, listed);
}

/** Drops what `connection` names. Nearly always that is `close` or `keep-alive`, and nothing is there to drop. */
function withoutListed(read: string[], listed: string): string[] {
  const text = listed.toLowerCase();
  if (text === 'close' || text === 'keep-alive') return read;
  const names = new Set(text.split(',').map((name) => name.trim()));
  return read.filter((_, index) => !names.has(read[index - (index % 2)]!));
}
