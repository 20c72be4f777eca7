import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { Adapter, Template } from '../../sdk/index.js';
import type { TestFunction } from '../suite/options.js';
import { runScenario } from './run-scenario.js';

/** Where scenarios are and what they run with. */
export interface ScenarioSuiteOptions {
  readonly test: TestFunction;
  /**
   * A folder of folders, each with `config.yaml`, `calls.yaml` and `want.json`. A file `defaults` beside them names files
   * of resources that the configuration is laid over, one path a line, relative to the scenario.
   */
  readonly directory: string | URL;
  readonly adapters: readonly Adapter[];
  readonly templates: readonly Template[];
  /** True writes what came out to `want.json` instead of comparing it; look at the difference before you keep it. */
  readonly update?: boolean;
}

/** Registers one test per scenario: what comes out must be what `want.json` says. */
export function scenarioSuite(options: ScenarioSuiteOptions): void {
  const directory = typeof options.directory === 'string' ? options.directory : fileURLToPath(options.directory);
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  assert.ok(names.length > 0, `there are scenarios in ${directory}`);
  for (const name of names) {
    options.test(`scenario ${name} comes out as wanted`, () => runFolder(join(directory, name), options));
  }
}

async function runFolder(folder: string, options: ScenarioSuiteOptions): Promise<void> {
  const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
  const { adapters, templates } = options;
  const [config, calls] = [await read('config.yaml'), await read('calls.yaml')];
  const defaults = await readDefaults(folder);
  const result = await runScenario({ config, defaults, calls, adapters, templates });
  const text = `${JSON.stringify(result, null, 2)}\n`;
  if (options.update === true) await writeFile(join(folder, 'want.json'), text);
  else assert.deepEqual(JSON.parse(text), JSON.parse(await read('want.json')));
}

async function readDefaults(folder: string): Promise<string | undefined> {
  if (!existsSync(join(folder, 'defaults'))) return undefined;
  const paths = (await readFile(join(folder, 'defaults'), 'utf8')).split('\n').filter((line) => line !== '');
  const texts = await Promise.all(paths.map((path) => readFile(join(folder, path), 'utf8')));
  return texts.join('\n---\n');
}
