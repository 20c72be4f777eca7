import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/runtime/dispatch/engine.js';
import {
  checkTemplate,
  createTestHost,
  handler,
  noting,
  reportTemplate,
  tableOf,
} from '../../support/dispatch-fixture.js';

describe('Engine', () => {
  it('has a target for each destination, at its index', () => {
    const called: string[] = [];
    const table = tableOf({
      steps: [
        { handler: handler('a', { handleListEntry: () => noting(called, 'a', {}) }), template: checkTemplate },
        { handler: handler('b', { handleMetric: () => void called.push('b') }), template: reportTemplate },
      ],
    });
    const engine = new Engine(table, createTestHost().host);
    for (const { index } of [...table.destinations].reverse()) void engine.targets[index]?.call([]);
    assert.deepEqual(called, ['b', 'a']);
  });

  it('counts on where the table before it stopped', () => {
    const { host } = createTestHost();
    const steps = [{ handler: handler('a', { handleListEntry: () => ({}) }), template: checkTemplate }];
    for (let i = 0; i < 2; i++) void new Engine(tableOf({ steps }), host).targets[0]?.call({});
    assert.equal(host.stats.calls('a', 'fake', 'listentry').succeeded.count, 2);
  });
});
