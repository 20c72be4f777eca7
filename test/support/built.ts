import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Where scripts/test.mjs has put the compiled tests, after it has built dist from the sources as they are. Unset for those
// who run a file from source.
const compiled = process.env['FAIRLEAD_COMPILED_TESTS'];

/** Whether this is a run of all tests, of dist as it was built for it. */
export const isBuilt = compiled !== undefined;

/** What node must be told in order to run a `builtFile`. */
export const nodeFlags: readonly string[] =
  compiled === undefined ? ['--import', 'tsx', '--conditions=fairlead-source'] : [];

/** The file to run for a TypeScript file below `src` or `test`, which is given from the project's folder. */
export function builtFile(path: string): string {
  if (compiled === undefined) return join(root, path);
  const built = path.replace(/\.ts$/, '.js');
  return path.startsWith('src/') ? join(root, built.replace(/^src/, 'dist')) : join(compiled, built);
}
