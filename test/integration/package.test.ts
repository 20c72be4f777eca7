import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isBuilt } from '../support/built.js';

// What npm would publish, used as a stranger's project uses it: the other suites run from source.
const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const home = mkdtempSync(join(tmpdir(), 'fairlead-package-'));
const fairlead = join(home, 'node_modules/fairlead');
// A test runner inside of a test runner reports to the outer one unless told that it is on its own.
const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined, NO_COLOR: '1' };

async function node(args: readonly string[], cwd = home): Promise<string> {
  return (await run(process.execPath, args, { cwd, env })).stdout;
}

// Who asks for what; one process opens all of them, for each start of one costs more than all doors together.
const doors: readonly (readonly [door: string, exported: RegExp])[] = [
  ['fairlead', /\bcreateMixer\b/],
  ['fairlead/sdk', /\bdefineAdapter\b/],
  ['fairlead/sdk/delivery', /\bcreateDelivery\b/],
  ['fairlead/sdk/gotemplate', /\bparseTemplate\b/],
  ['fairlead/sdk/statsd', /\bopenSender\b/],
  ['fairlead/sdk/tracing', /\btoSpan\b/],
  ['fairlead/kube', /\bconnectCluster\b/],
  ['fairlead/templates', /\bchecknothing\b/],
  ['fairlead/adapters/denier', /^default$/],
  ['fairlead/client', /\bcreateMixerClient\b/],
  ['fairlead/expr', /\bcheckExpression\b/],
  ['fairlead/testing', /\badapterSuite\b/],
];
const shut = ['dist/index.js', 'dist/sdk/adapter.js', 'src/index.ts', 'runtime', 'sdk/adapter.js'].map(
  (path) => `fairlead/${path}`,
);
const missing = 'fairlead/adapters/denier/handler';
/** The names that each module exports, or the code of the failure to import it. */
let found: Readonly<Record<string, string>> = {};

async function importAll(specifiers: readonly string[]): Promise<typeof found> {
  const script = `const found = {};
    for (const specifier of ${JSON.stringify(specifiers)})
      found[specifier] = await import(specifier).then((m) => Object.keys(m).sort().join(' '), (e) => e.code);
    console.log(JSON.stringify(found));`;
  return JSON.parse(await node(['--input-type=module', '--eval', script])) as typeof found;
}

before(async () => {
  if (!isBuilt) await run(process.execPath, ['scripts/build.mjs'], { cwd: root, env });
  await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', home], { cwd: root, env });
  const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string;
    readonly dependencies: Readonly<Record<string, string>>;
  };
  await run('tar', ['-xzf', `fairlead-${version}.tgz`], { cwd: home });
  mkdirSync(join(home, 'node_modules'));
  renameSync(join(home, 'package'), fairlead);
  for (const name of Object.keys(dependencies)) {
    const link = join(fairlead, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link, 'dir');
  }
  writeFileSync(join(home, 'package.json'), '{ "name": "stranger", "type": "module" }');
  found = await importAll([...doors.map(([door]) => door), ...shut, missing]);
});
after(() => {
  rmSync(home, { recursive: true, force: true });
});

describe('the packed package', () => {
  for (const [door, exported] of doors) {
    it(`opens ${door}`, () => {
      assert.match(found[door] ?? '', exported);
    });
  }

  for (const door of shut) {
    it(`keeps ${door} to itself`, () => {
      assert.equal(found[door], 'ERR_PACKAGE_PATH_NOT_EXPORTED');
    });
  }

  it('has a file below every adapter only by the name of the adapter', () => {
    assert.equal(found[missing], 'ERR_MODULE_NOT_FOUND');
  });

  it('brings the default telemetry along', async () => {
    const script = `import { createMixer } from 'fairlead';
      const mixer = await createMixer({ config: { yaml: '' }, defaultTelemetry: ['metrics'] });
      await mixer.report([{ 'context.protocol': 'http', 'destination.service.host': 'cart' }]);
      console.log(mixer.diagnostics.length, await mixer.metrics());
      await mixer.close();`;
    const stdout = await node(['--input-type=module', '--eval', script]);
    assert.match(stdout, /^0 /);
    assert.match(stdout, /^istio_requests_total\{.*destination_service="cart".*\} 1$/m);
  });

  it('runs the tests of the example adapter', async () => {
    const folder = join(home, 'adapter-hello');
    cpSync(join(fairlead, 'examples/adapter-hello'), folder, { recursive: true });
    const stdout = await node(['--test', '--test-reporter=tap', 'index.test.mjs'], folder);
    assert.match(stdout, /^# fail 0$/m);
    assert.match(stdout, /^# pass (?:2[3-9]|[3-9]\d)$/m);
  });

  it('validates with an adapter by path and by package name, from its command line', async () => {
    const folder = join(home, 'node_modules/@acme/fairlead-adapter-hello');
    cpSync(join(fairlead, 'examples/adapter-hello'), folder, { recursive: true });
    const handler = 'kind: handler\nmetadata: { name: office }\nspec: { compiledAdapter: hello }\n';
    writeFileSync(join(home, 'office.yaml'), handler);
    for (const adapter of ['@acme/fairlead-adapter-hello', './node_modules/@acme/fairlead-adapter-hello/index.mjs']) {
      const stdout = await node([join(fairlead, 'dist/cli/main.js'), 'validate', '--adapter', adapter, 'office.yaml']);
      assert.equal(stdout, '1 resource: 0 errors, 0 warnings, 0 notes\n');
    }
  });

  it('type-checks an adapter in strict TypeScript, without the sources', async () => {
    const source = `
      import { defineAdapter, Duration, rpcCode, s } from 'fairlead/sdk';
      import { listentry, quota } from 'fairlead/templates';
      export default defineAdapter({
        name: 'typed',
        description: 'Shows that types follow from the templates and the schema.',
        templates: [listentry, quota],
        config: s.message({ limit: s.int64(10n), ttl: s.duration(Duration.fromMillis(1000)) }),
        build: ({ config }) => ({
          handleListEntry: (entry) => ({ status: { code: rpcCode.OK, message: entry.name }, validDuration: config.ttl }),
          handleQuota: (_instance, { amount }) => ({ amount: amount > config.limit ? config.limit : amount }),
          }),
      });
      defineAdapter({
        name: 'untyped',
        description: 'Has no method for its template.',
        templates: [listentry],
        config: s.message({}),
        // @ts-expect-error handleListEntry is missing.
        build: () => ({}),
      });
      // @ts-expect-error A limit is a bigint.
      export const wrong: number = s.int64(10n);
    `;
    writeFileSync(join(home, 'typed.ts'), source);
    const types = join(root, 'node_modules/@types');
    const args = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2023'];
    const tsc = [
      join(root, 'node_modules/typescript/bin/tsc'),
      ...args,
      '--typeRoots',
      types,
      '--types',
      'node',
      'typed.ts',
    ];
    try {
      await node([...tsc, '--ignoreConfig']);
    } catch (error) {
      assert.fail((error as { readonly stdout?: string }).stdout ?? String(error));
    }
  });
});
