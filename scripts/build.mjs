// Builds dist/ from src/. Skips the compiler when dist was built from what is there now, byte for byte.
// `--unchecked` leaves the types to those who check them anyway; a build without it does not take over such a dist.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const stamp = 'node_modules/.cache/fairlead-build';
const sources = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();
const hash = createHash('sha256');
for (const path of [...sources, 'tsconfig.json', 'package.json', 'package-lock.json'])
  hash.update(`${path}\n`).update(createHash('sha256').update(readFileSync(path)).digest());
// Taken before the compiler reads them: what changes meanwhile is built the next time.
const inputs = hash.digest('hex');
const isChecked = !process.argv.includes('--unchecked');
const stamps = isChecked ? [inputs] : [inputs, `${inputs} unchecked`];

const built = existsSync('dist/cli/main.js') && existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
if (!stamps.includes(built)) {
  // Beside it and then in its place, for those who run dist meanwhile.
  const fresh = `node_modules/.cache/fairlead-dist-${process.pid}`;
  const tsc = [
    'node_modules/typescript/bin/tsc',
    '-p',
    'tsconfig.json',
    '--outDir',
    fresh,
    ...(isChecked ? [] : ['--noCheck']),
  ];
  const { status } = spawnSync(process.execPath, tsc, { stdio: 'inherit' });
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    process.exit(status ?? 1);
  }
  chmodSync(join(fresh, 'cli/main.js'), 0o755);
  mkdirSync('node_modules/.cache', { recursive: true });
  rmSync(stamp, { force: true });
  rmSync('dist', { recursive: true, force: true });
  renameSync(fresh, 'dist');
  writeFileSync(stamp, stamps.at(-1));
}
