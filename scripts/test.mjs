// npm test: build, checks, then each suite in turn. `npm test -- unit integration` runs only the suites named.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

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
  'client',
  'pilot',
  'proxy',
  'cli',
];
// Whatever happens, someone waits for the end.
const suiteLimitMillis = 900_000;
const suites = {
  peers: () => run('bash', ['scripts/peers.sh']),
  build: () => run(process.execPath, ['scripts/build.mjs']),
  lint: () => npm('lint'),
  meta: () => tests(['meta']),
  unit: () => runTests(inGroups(filesOf(unit)), ['--test-concurrency=2']),
  scenarios: () => tests(['scenarios']),
  conformance: () => tests(['conformance']),
  integration: () => runTests(filesOf(['integration']), ['--test-concurrency=2']),
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

function tests(folders) {
  return runTests(filesOf(folders));
}

function filesOf(folders) {
  return folders.flatMap((folder) => files(join('test', folder)));
}

/** One process for all files of a folder: most of the time of a unit test is the start of its process. */
function inGroups(list) {
  const cache = resolve('node_modules/.cache/fairlead-tests');
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  const groups = new Map();
  for (const file of list) groups.set(groupOf(file), [...(groups.get(groupOf(file)) ?? []), file]);
  return [...groups].map(([name, members]) => {
    const entry = join(cache, `${name}.test.mjs`);
    writeFileSync(
      entry,
      members.map((file) => `import ${JSON.stringify(pathToFileURL(resolve(file)).href)};\n`).join(''),
    );
    return entry;
  });
}

/** `test/adapters/stdio/files.test.ts` belongs to `adapters.stdio`; `….alone.test.ts`, which change their process, are alone. */
function groupOf(file) {
  const parts = file.split('/').slice(1);
  return (file.endsWith('.alone.test.ts') ? parts : parts.slice(0, -1).slice(0, 2)).join('.');
}

function runTests(list, more = []) {
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
