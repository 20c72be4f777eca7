import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createPaint } from '../../../src/cli/demo/paint.js';
import { renderMetrics, renderResults } from '../../../src/cli/demo/render.js';

const escape = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
const results = [
  { title: 'good', calls: 10, allowed: 10, denied: 0, reason: undefined, reports: [] },
  { title: 'bad', calls: 5, allowed: 0, denied: 5, reason: 'because', reports: [] },
];

describe('renderResults()', () => {
  it('makes a table with one line a scenario and the reason of denials below', () => {
    const lines = renderResults(results, createPaint(false));
    assert.equal(lines.length, 5);
    assert.match(lines[0] ?? '', /Scenario +Calls +Allowed +Denied$/);
    assert.match(lines[3] ?? '', /bad +5 +0 +5$/);
    assert.equal(lines[4], '    because');
  });

  it('looks the same with colours once they are taken off', () => {
    const plain = renderResults(results, createPaint(false));
    const colour = renderResults(results, createPaint(true));
    assert.notDeepEqual(colour, plain);
    assert.deepEqual(
      colour.map((line) => line.replaceAll(escape, '')),
      plain,
    );
  });
});

describe('renderMetrics()', () => {
  it("shows a few of the shop's samples", () => {
    const text = `# HELP x\n${'shop_requests_total{a="b"} 1\n'.repeat(9)}other 1\n`;
    assert.deepEqual(renderMetrics(text, createPaint(false)), Array(6).fill('  shop_requests_total{a="b"} 1'));
  });
});
