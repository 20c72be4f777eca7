// Builds dist/ from src/. Skips the compiler when nothing has changed since the last build.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const stamp = 'node_modules/.cache/fairlead-build';
const newest = (path) =>
  statSync(path).isDirectory()
    ? Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
    : statSync(path).mtimeMs;

const inputs = Math.max(newest('src'), newest('tsconfig.json'), newest('package.json'));
if (!existsSync('dist/cli/main.js') || !existsSync(stamp) || statSync(stamp).mtimeMs < inputs) {
  rmSync('dist', { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  chmodSync('dist/cli/main.js', 0o755);
  mkdirSync('node_modules/.cache', { recursive: true });
  writeFileSync(stamp, '');
}
