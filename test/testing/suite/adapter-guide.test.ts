import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { adapterRules } from 'fairlead/testing';
import { parseCalls } from '../../../src/testing/scenario/calls.js';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

describe('docs/adapter-guide.md', () => {
  const guide = read('docs/adapter-guide.md');

  test('has each rule of the suite once, in its order, with a MUST', () => {
    const rules = [...`${guide}\n`.matchAll(/^- \*\*(A-\d\d)\*\* ([\s\S]*?)(?=\n-|\n\n)/gm)];
    assert.deepEqual(
      rules.map(([, id]) => id),
      adapterRules.map(({ id }) => id),
    );
    for (const [, id, text] of rules) assert.match(text ?? '', /\bMUST\b/, id);
  });

  test('shows the example adapter as it is', () => {
    assert.ok(guide.includes(read('examples/adapter-hello/index.mjs')));
  });

  test('has calls that a scenario takes', () => {
    const block = /^```yaml\n# calls\.yaml\n([\s\S]*?)^```$/m.exec(guide)?.[1];
    assert.deepEqual(
      parseCalls(block ?? '').map(({ kind }) => kind),
      ['check', 'advance', 'report'],
    );
  });
});
