import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A path below the material that lies beside the project, if it is there: tests on it skip by name where it is not. */
export function sharedMaterial(path: string): { readonly path: string; readonly skip: string | false } {
  const full = fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url));
  return { path: full, skip: existsSync(full) ? false : `../shared/${path} is not here` };
}
