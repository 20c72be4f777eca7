import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import signalfx from 'fairlead/adapters/signalfx';
import { Duration, Timestamp, type Value } from 'fairlead/sdk';
import { metric } from 'fairlead/templates';
import { decodeParams, sampleInstance, sampleTypes } from 'fairlead/testing';
import { validateTypes } from '../../../src/adapters/signalfx/validate-types.js';

/** What is found when rules send metrics with these values, by name. */
function findingsOf(values: Readonly<Record<string, Value>>, params: string): readonly string[] {
  const types = new Map(
    Object.entries(values).map(([name, value]) => [name, sampleTypes(metric, sampleInstance(metric, { value }))]),
  );
  const found: string[] = [];
  validateTypes(decodeParams(signalfx, params).config, { metric: types }, (path, message, severity = 'error') => {
    found.push(`${severity} ${path}: ${message}`);
  });
  return found;
}

const entries = (...names: readonly string[]): string =>
  `metrics: [${names.map((name) => `{ name: ${name}, type: COUNTER }`).join(', ')}]`;

describe('signalfx and the instances that reach it', () => {
  it('agree on everything that is a number', () => {
    const values = { i: 7n, d: 1.5, b: true, t: new Timestamp(0, 0), s: Duration.fromSeconds(1) };
    assert.deepEqual(findingsOf(values, entries('i', 'd', 'b', 't', 's')), []);
  });

  it('differ in metrics without an entry, in entries that no rule sends, and in values that are no numbers', () => {
    const values = { ip: Uint8Array.of(1, 2, 3, 4), text: '7', i: 7n, more: 7n };
    assert.deepEqual(findingsOf(values, entries('i', 'text', 'gone', 'ip')), [
      'error metrics: there is no entry for more, which rules send',
      "error metrics[1].name: istio metric's value should be numeric but is STRING",
      'warning metrics[2].name: no rule sends this metric',
      "error metrics[3].name: istio metric's value should be numeric but is IP_ADDRESS",
    ]);
  });

  it('need not agree on metrics that are not sent', () => {
    assert.deepEqual(findingsOf({ text: 'x' }, 'enableMetrics: false'), []);
  });
});
