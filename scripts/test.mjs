// npm test: build, checks, then each suite in turn. `npm test -- unit integration` runs only the suites named.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileTests } from './compile-tests.mjs';

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
let ready;
// Whatever happens, someone waits for the end.
const suiteLimitMillis = 900_000;
// One for each run: several may be under way in one tree.
const cache = resolve('node_modules/.cache/fairlead-tests');
const compiled = join(cache, String(process.pid));
const suites = {
  peers: () => run('bash', ['scripts/peers.sh']),
  // Lint checks the types.
  build: () => run(process.execPath, ['scripts/build.mjs', '--unchecked']),
  lint: () => npm('lint'),
  meta: () => tests(['meta']),
  unit: () => tests(unit, inGroups),
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

function run(command, args, timeout, more = {}) {
  const env = { ...process.env, ...more };
  const { status, signal } = spawnSync(command, args, { stdio: 'inherit', timeout, killSignal: 'SIGKILL', env });
  if (signal !== null)
    console.log(`ended by ${signal}${timeout === undefined ? '' : `, or after ${timeout / 1000} s`}`);
  return status === 0;
}

function npm(script) {
  return run('npm', ['run', '--silent', script]);
}

/** Runs the tests in the folders; all of them on dist as it is built now, from the sources as they are. */
async function tests(folders, arrange = (list) => list) {
  ready ??= suites.build() && (await compile());
  if (!ready) return false;
  const list = folders
    .flatMap((folder) => files(join('test', folder)))
    .map((file) => join(compiled, file.replace(/\.ts$/, '.js')));
  const flags = ['--enable-source-maps', '--test', '--test-reporter=./scripts/reporter.mjs'];
  // A file that hangs must fail, by name, and not hold up those who wait for the run.
  flags.push('--test-concurrency=2', '--test-timeout=240000');
  const env = { FAIRLEAD_COMPILED_TESTS: compiled };
  return run(process.execPath, [...flags, ...arrange(list)], suiteLimitMillis, env);
}

async function compile() {
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache)) if (!isRunning(Number(name))) rmSync(join(cache, name), { recursive: true });
  process.once('exit', () => rmSync(compiled, { recursive: true, force: true }));
  await compileTests(compiled);
  return true;
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** One process for all files of a folder: most of the time of a unit test is the start of its process. */
function inGroups(list) {
  const groups = new Map();
  for (const file of list) groups.set(groupOf(file), [...(groups.get(groupOf(file)) ?? []), file]);
  return [...groups].map(([name, members]) => {
    const entry = join(compiled, `${name}.test.mjs`);
    writeFileSync(entry, members.map((file) => `import ${JSON.stringify(pathToFileURL(file).href)};\n`).join(''));
    return entry;
  });
}

/** `test/adapters/stdio/files.test.js` belongs to `adapters.stdio`; `….alone.test.js`, which change their process, are alone. */
function groupOf(file) {
  const parts = relative(compiled, file).split('/').slice(1);
  return (file.endsWith('.alone.test.js') ? parts : parts.slice(0, -1).slice(0, 2)).join('.');
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
  if (!(await suite())) failed.push(name);
  console.log(
    `== ${name}: ${failed.at(-1) === name ? 'FAILED' : 'ok'} (${Number((process.hrtime.bigint() - start) / 100_000_000n) / 10} s)`,
  );
}
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(', ')}`);
  process.exit(1);
}
