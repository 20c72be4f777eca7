import type { Headers } from '../http/headers.js';
import type { DownstreamTlsFacts } from '../http/message.js';

const name = 'x-forwarded-client-cert';

/**
 * Tells whose certificate a request came with, in Envoy's words, so that services can rely on it: what a caller without
 * one says is removed, at the edge of the mesh (`replaces`) what anybody says (mesh.md 2.3).
 */
export function completeClientCert(
  headers: Headers,
  tls: DownstreamTlsFacts | undefined,
  given: string | undefined,
  replaces: boolean,
): void {
  const peerUris = tls?.peerUris;
  if (peerUris === undefined) {
    if (given !== undefined) headers.remove(name);
    return;
  }
  const parts = [
    ...tls!.localUris.slice(0, 1).map((uri) => `By=${plain(uri)}`),
    ...peerUris.map((uri) => `URI=${plain(uri)}`),
  ];
  const own = parts.length === 0 ? undefined : parts.join(';');
  const all = [replaces ? undefined : given, own].filter((text) => text !== undefined && text !== '');
  if (all.length > 0) headers.set(name, all.join(','));
  else headers.remove(name);
}

/** Without what would begin another part. */
function plain(uri: string): string {
  return uri.replaceAll(/[\s",;=]/g, (mark) => encodeURIComponent(mark));
}
