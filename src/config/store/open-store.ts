import { MixerError } from '../../util/errors.js';
import { FsStore } from './fs-store.js';
import type { ConfigStore, StoreOptions } from './store.js';

const known = 'give fs:// and the path of a folder or file, as in fs:///etc/fairlead';

/**
 * Opens the store that `--configStoreURL` names (mixer-core.md 5.8): `fs://PATH`, absolute or relative to the working
 * directory, percent-encoding understood. Throws MixerError USAGE for anything else.
 */
export function openStore(url: string, options: StoreOptions): ConfigStore {
  const [, scheme, rest = ''] = /^([a-z0-9+.-]*):\/\/(.*)$/is.exec(url) ?? [];
  if (scheme === 'fs') return new FsStore(toPath(rest), options);
  if (url === '' || ['k8s', 'kube', 'kubernetes', 'mcp', 'mcps'].includes(scheme ?? '')) {
    const name = url === '' ? 'without a URL Kubernetes' : `the config store "${scheme}"`;
    throw new MixerError('USAGE', `${name} is not supported yet: ${known}`);
  }
  throw new MixerError('USAGE', `not a config store: ${JSON.stringify(url)}; ${known}`);
}

function toPath(rest: string): string {
  let path: string;
  try {
    path = decodeURIComponent(rest);
  } catch {
    path = rest; // A name with a percent sign of its own.
  }
  if (path === '' || path.includes('\0')) throw new MixerError('USAGE', `the config store has no path: ${known}`);
  return path;
}
