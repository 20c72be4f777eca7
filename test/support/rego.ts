import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type QueryForm, wrapperEntry, wrapperModule } from '../../src/adapters/opa/query.js';

const folder = join(import.meta.dirname, '../corpus/rego');

/** A policy of test/corpus/rego, and the compiled file that is kept beside its sources. */
export interface RegoFixture {
  /** Of the compiled file, without its ending. */
  readonly name: string;
  readonly modules: readonly string[];
  readonly entries: readonly string[];
  /** Queries that are no path: each gets a generated module. */
  readonly queries?: readonly (readonly [query: string, form: QueryForm])[];
  /** Documents that make it a bundle. */
  readonly data?: string;
}

const outcomes = [
  ...['open', 'closed', 'letters', 'name', 'only_for_alice', 'conflict', 'division', 'loud', 'limit', 'address'],
  ...['in_group', 'bare', 'zero_byte', 'replaced', 'odd_names', 'natives', 'today'],
];

/** All that is compiled and kept. With `UPDATE_FIXTURES=1` the tests of the real opa write these files anew. */
export const regoFixtures = [
  { name: 'users-verbs', modules: ['users-verbs'], entries: ['mixerauthz/allow'] },
  { name: 'reviews', modules: ['reviews', 'service-graph', 'org-chart'], entries: ['mixerauthz/allow'] },
  { name: 'data-driven', modules: ['data-driven'], entries: ['mixerauthz/allow'], data: 'data-driven.data.json' },
  { name: 'missing-function', modules: ['missing-function'], entries: ['missing/allow'] },
  {
    name: 'outcomes',
    modules: ['outcomes'],
    entries: outcomes.map((rule) => `outcomes/${rule}`),
    queries: [
      ['data.outcomes.open == true', 'value'],
      ['data.outcomes.letters[_]', 'value'],
      ['data.outcomes.letters[_] == "a"', 'value'],
      ['data.outcomes.letters[_] = x', 'statement'],
      ['not data.outcomes.closed', 'statement'],
    ],
  },
] as const satisfies readonly RegoFixture[];

/** The source of a module. */
export function regoSource(name: string): string {
  return readFileSync(join(folder, `${name}.rego`), 'utf8');
}

/** A file of documents. */
export function regoData(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

/** Where the compiled file of a fixture is. */
export function compiledFile({ name, data }: Pick<RegoFixture, 'name' | 'data'>): string {
  return join(folder, `${name}.${data === undefined ? 'wasm' : 'tar.gz'}`);
}

/** Compiles a fixture with the opa on the PATH, as a user would, and gives the compiled file's bytes. */
export function compileFixture({ modules, entries, queries = [], data }: RegoFixture): Buffer {
  const place = mkdtempSync(join(tmpdir(), 'fairlead-rego-'));
  try {
    for (const name of modules) copyFileSync(join(folder, `${name}.rego`), join(place, `${name}.rego`));
    for (const [index, [query, form]] of queries.entries()) {
      writeFileSync(join(place, `query${index}.rego`), wrapperModule(query, form));
    }
    if (data !== undefined) copyFileSync(join(folder, data), join(place, 'data.json'));
    const all = [...entries, ...queries.map(([query]) => wrapperEntry(query))];
    const args = ['build', '-t', 'wasm', '--v0-compatible', '-b', '-o', '../bundle.tar.gz', '.'];
    return build(place, [...args, ...all.flatMap((entry) => ['-e', entry])], data !== undefined);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function build(place: string, args: readonly string[], whole: boolean): Buffer {
  const bundle = join(mkdtempSync(join(place, '..', 'fairlead-bundle-')), 'bundle.tar.gz');
  try {
    run('opa', args.with(args.indexOf('-o') + 1, bundle), place);
    if (whole) return readFileSync(bundle);
    return run('tar', ['xzOf', bundle, '/policy.wasm'], place);
  } finally {
    rmSync(join(bundle, '..'), { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[], cwd: string): Buffer {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${command}: ${stderr.toString()}`);
  return stdout;
}
