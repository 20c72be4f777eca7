// Makes the tests ready to run on dist/ by node alone: a loader in every process costs more than most tests do.
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { resolve: find } = createRequire(import.meta.url);
// The one that tsx brings, so that `npm run unit`, which runs from source, understands the same.
const { transform } = createRequire(find('tsx'))('esbuild');

/** Compiles `test` into `folder`, which has the package's own name and doors, and dist in the place of src. */
export async function compileTests(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ['dist', 'src']) symlinkSync(resolve('dist'), join(folder, name), 'dir');
  writeFileSync(join(folder, 'package.json'), readFileSync('package.json'));
  const sources = readdirSync('test', { recursive: true }).filter((name) => name.endsWith('.ts'));
  await Promise.all(sources.map((name) => compile(join('test', name), folder)));
}

async function compile(path, folder) {
  const file = resolve(path);
  const { code } = await transform(readFileSync(file, 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'es2023',
    sourcemap: 'inline',
    sourcefile: file,
    sourcesContent: false,
    // Tests find the files of the project from where they are written.
    define: {
      'import.meta.url': JSON.stringify(pathToFileURL(file).href),
      'import.meta.dirname': JSON.stringify(dirname(file)),
    },
  });
  const target = join(folder, path.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, code);
}
