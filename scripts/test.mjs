// npm test: build, checks, then each suite in turn. `npm test -- unit integration` runs only the suites named.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const unit = [
  'util',
  'attributes',
  'expr',
  'sdk',
  'templates',
  'adapters',
  'config',
  'runtime',
  'mixer',
  'testing',
  'cli',
];
// Whatever happens, someone waits for the end.
const suiteLimitMillis = 900_000;
const suites = {
  peers: () => run('bash', ['scripts/peers.sh']),
  build: () => run(process.execPath, ['scripts/build.mjs']),
  lint: () => npm('lint'),
  meta: () => tests(['meta']),
  unit: () => tests(unit, ['--test-concurrency=2']),
  scenarios: () => tests(['scenarios']),
  conformance: () => tests(['conformance']),
  integration: () => tests(['integration']),
};

const files = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory()
          ? files(join(folder, entry.name))
          : entry.name.endsWith('.test.ts')
            ? [join(folder, entry.name)]
            : [],
      )
    : [];

function run(command, args, timeout) {
  const { status, signal } = spawnSync(command, args, { stdio: 'inherit', timeout, killSignal: 'SIGKILL' });
  if (signal !== null)
    console.log(`ended by ${signal}${timeout === undefined ? '' : `, or after ${timeout / 1000} s`}`);
  return status === 0;
}

function npm(script) {
  return run('npm', ['run', '--silent', script]);
}

function tests(folders, more = []) {
  const list = folders.flatMap((folder) => files(join('test', folder)));
  const flags = ['--import', 'tsx', '--conditions=fairlead-source', '--test', '--test-reporter=./scripts/reporter.mjs'];
  // A file that hangs must fail, by name, and not hold up those who wait for the run.
  flags.push('--test-timeout=240000');
  return run(process.execPath, [...flags, ...more, ...list], suiteLimitMillis);
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in suites));
if (unknown.length > 0) {
  console.error(`no suite ${unknown.join(', ')}; there are ${Object.keys(suites).join(', ')}`);
  process.exit(2);
}
const failed = [];
for (const [name, suite] of Object.entries(suites)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const start = process.hrtime.bigint();
  console.log(`\n== ${name}`);
  if (!suite()) failed.push(name);
  console.log(
    `== ${name}: ${failed.at(-1) === name ? 'FAILED' : 'ok'} (${Number((process.hrtime.bigint() - start) / 100_000_000n) / 10} s)`,
  );
}
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(', ')}`);
  process.exit(1);
}
