import { lstat, unlink } from 'node:fs/promises';

const scheme = 'unix://';

/** Whether a listener is to be a socket of the file system, or of the abstract namespace: `unix:///path`, `unix://@name`. */
export function isSocketAddress(address: string): boolean {
  return address.startsWith(scheme);
}

/** The path that such a listener is bound to. A socket that a former process has left there is taken away, as Envoy does. */
export async function claimSocketPath(address: string): Promise<string> {
  const path = address.slice(scheme.length);
  if (path.startsWith('@')) return `\0${path.slice(1)}`;
  const found = await lstat(path).catch(() => undefined);
  // Anything else is somebody's file: then the address is in use.
  if (found?.isSocket() === true) await unlink(path);
  return path;
}
