// Lints the package as it would be published: packs it, leaves out the private export condition, runs publint and attw.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-pack-'));
const bin = (name) => join(import.meta.dirname, '../node_modules/.bin', name);
try {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', folder]);
  const manifest = join(folder, 'package/package.json');
  const content = JSON.parse(readFileSync(manifest, 'utf8'));
  for (const door of Object.values(content.exports)) delete door['fairlead-source'];
  writeFileSync(manifest, JSON.stringify(content, null, 2));
  // A package of its own, which publint takes for a part of ours.
  rmSync(join(folder, 'package/examples/adapter-hello'), { recursive: true });
  const lint = (name, args) =>
    spawnSync(bin(name), args, { cwd: join(folder, 'package'), stdio: 'inherit' }).status === 0;
  const sound = [
    lint('publint', ['--strict', '--pack=false']),
    lint('attw', ['--pack', '.', '--profile', 'esm-only', '--quiet']),
  ];
  process.exitCode = sound.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
