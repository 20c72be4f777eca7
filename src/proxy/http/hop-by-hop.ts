import type { Headers } from './headers.js';

const always: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
]);

/** Headers of one connection, in any version: no message of HTTP/2 may have them (RFC 9113, 8.2.2). */
export const connectionHeaders: ReadonlySet<string> = new Set([...always, 'http2-settings']);

/** Removes what concerns one connection only: what HTTP says, and what `connection` names. `te: trailers` stays. */
export function removeHopByHop(headers: Headers): void {
  const connection = headers.getAll('connection');
  const trailers = headers.get('te') === 'trailers';
  headers.removeAll(always);
  if (trailers) headers.set('te', 'trailers');
  if (connection === undefined) return;
  for (const token of connection.split(',')) {
    const name = token.trim().toLowerCase();
    if (name !== '' && name !== 'close' && !keptHeaders.has(name)) headers.remove(name);
  }
}

/** Headers that a caller must not take away by naming them in `connection`: others rely on them. */
export const keptHeaders: ReadonlySet<string> = new Set([
  'host',
  'te',
  'content-length',
  'authorization',
  'x-forwarded-for',
  'x-request-id',
]);

/** Whether a header frames a message or belongs to one connection: then it is the proxy's own business. */
export function isFraming(name: string): boolean {
  return name === 'content-length' || connectionHeaders.has(name);
}
