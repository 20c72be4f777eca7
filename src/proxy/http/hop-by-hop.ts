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

/** Removes what concerns one connection only: what HTTP says, and what `connection` names. `te: trailers` stays. */
export function removeHopByHop(headers: Headers): void {
  const connection = headers.getAll('connection');
  const trailers = headers.get('te') === 'trailers';
  headers.removeAll(always);
  if (trailers) headers.set('te', 'trailers');
  if (connection === undefined) return;
  for (const token of connection.split(',')) {
    const name = token.trim().toLowerCase();
    // A caller must not take away what others rely on.
    if (name !== '' && name !== 'close' && !kept.has(name)) headers.remove(name);
  }
}

const kept = new Set(['host', 'te', 'content-length', 'authorization', 'x-forwarded-for', 'x-request-id']);
