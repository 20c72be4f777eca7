import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { MixerError } from '../../util/errors.js';

/** A configuration file, and what it is called below the folder it was found in. */
export interface ConfigFile {
  readonly path: string;
  readonly name: string;
}

/**
 * The YAML files that are given or in given folders, in order.
 *
 * @throws MixerError USAGE when a path is not there or two files would have the same name.
 */
export async function findConfigFiles(paths: readonly string[]): Promise<readonly ConfigFile[]> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  const names = new Set<string>();
  for (const { name } of files) {
    if (names.has(name)) throw new MixerError('USAGE', `there are two files called '${name}'`);
    names.add(name);
  }
  return files;
}

async function filesAt(path: string): Promise<readonly ConfigFile[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw new MixerError('USAGE', `there is no file or folder '${path}'`, error);
  });
  if (!found.isDirectory()) return [{ path, name: basename(path) }];
  const names = await readdir(path, { recursive: true });
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({ path: join(path, name), name }));
}
