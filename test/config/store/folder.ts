import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { LoadResult } from '../../../src/config/index.js';

/** A folder that goes when the test ends. */
export class Folder {
  readonly path: string;

  constructor(test: TestContext) {
    this.path = mkdtempSync(join(tmpdir(), 'fairlead-store-'));
    test.after(() => rmSync(this.path, { recursive: true, force: true }));
  }

  at(name: string): string {
    return join(this.path, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), text);
  }
}

/** The text of rules, each `name` or `name=match`. */
export function rules(...list: readonly string[]): string {
  return list
    .map((rule) => rule.split('='))
    .map(([name, match = 'true']) => `kind: rule\nmetadata: {name: ${name}}\nspec: {match: "${match}"}\n`)
    .join('---\n');
}

/** The names of what was loaded, and the codes of what was found. */
export function summary({ resources, diagnostics }: LoadResult): string {
  return [...resources.map(({ name }) => name), ...diagnostics.map(({ code }) => code)].join(' ');
}
