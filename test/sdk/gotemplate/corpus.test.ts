import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseTemplate, RenderError } from 'fairlead/sdk/gotemplate';
import { parse } from 'yaml';
import { fromNotation, type Noted } from '../../expr/notation.js';

interface Row {
  readonly template: string;
  readonly html?: boolean;
  readonly data?: Readonly<Record<string, Noted>>;
  readonly want?: string;
  readonly error?: string;
  /** What was written before the error. */
  readonly output?: string;
  readonly problems?: readonly string[];
}

const folder = join(import.meta.dirname, '../../corpus/gotemplate');

for (const file of readdirSync(folder)) {
  const { cases } = parse(readFileSync(join(folder, file), 'utf8')) as { readonly cases: readonly Row[] };
  describe(`corpus ${file}`, () => {
    cases.forEach((row, index) => {
      it(`${index + 1}: ${row.template}`, () => checkRow(row));
    });
  });
}

function checkRow({ template: text, html = false, data = {}, want, error, output = '', problems }: Row): void {
  const { template, problems: found = [] } = parseTemplate(text, { html });
  const texts = found.map(({ line, column, message }) => `${line}:${column} ${message}`);
  assert.deepEqual(texts, problems ?? []);
  if (template === undefined) return;
  const values = Object.fromEntries(Object.entries(data).map(([name, noted]) => [name, fromNotation(noted)]));
  if (error === undefined) {
    assert.equal(template.render(values), want);
    return;
  }
  assert.throws(
    () => template.render(values),
    (thrown) => {
      assert(thrown instanceof RenderError);
      assert.deepEqual([thrown.message, thrown.output], [error, output]);
      return true;
    },
  );
}
