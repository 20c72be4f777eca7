import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Value } from '../../../src/attributes/index.js';
import { CombinedCheck } from '../../../src/runtime/dispatch/combine-checks.js';
import { Evaluation } from '../../../src/runtime/dispatch/evaluation.js';
import { addHeaderOperations } from '../../../src/runtime/dispatch/header-operations.js';
import {
  bagOf,
  constant,
  createTestHost,
  header,
  type HeaderSpec,
  pathIs,
  read,
  slots,
  tableOf,
} from '../../support/dispatch-fixture.js';

function run(headers: readonly HeaderSpec[], values: Record<string, Value> = {}, combined = new CombinedCheck()) {
  const routes = tableOf({ steps: [], headers }).fallback;
  addHeaderOperations(combined, { bag: bagOf(values), evaluation: new Evaluation(createTestHost().host), routes });
  return combined;
}

describe('addHeaderOperations()', () => {
  it('makes one operation per value, in order, for request and response', () => {
    const { directive } = run([
      {
        request: [header('x-user', 'REPLACE', constant('u')), header('x-tag', 'APPEND', constant('1'), constant('2'))],
        response: [header('x-seen', 'APPEND', constant('yes'))],
      },
    ]);
    assert.deepEqual(directive?.requestHeaderOperations, [
      { name: 'x-user', value: 'u', operation: 'REPLACE' },
      { name: 'x-tag', value: '1', operation: 'APPEND' },
      { name: 'x-tag', value: '2', operation: 'APPEND' },
    ]);
    assert.deepEqual(directive.responseHeaderOperations, [{ name: 'x-seen', value: 'yes', operation: 'APPEND' }]);
  });

  it('removes as it is', () => {
    assert.deepEqual(run([{ request: [header('x', 'REMOVE')] }]).directive?.requestHeaderOperations, [
      { name: 'x', value: '', operation: 'REMOVE' },
    ]);
  });

  it('leaves out values that fail or are empty', () => {
    const { directive } = run([{ request: [header('x', 'APPEND', read(slots.user), constant(''), constant('v'))] }]);
    assert.deepEqual(directive?.requestHeaderOperations, [{ name: 'x', value: 'v', operation: 'APPEND' }]);
  });

  it('makes no directive when nothing is left', () => {
    assert.equal(run([{ request: [header('x', 'REPLACE', constant(''))] }]).directive, undefined);
    assert.equal(run([]).directive, undefined);
  });

  it('leaves out groups that do not match or cannot be evaluated', () => {
    const groups = ['/a', '/b'].map((path) => ({ when: pathIs(path), response: [header(path, 'REMOVE')] }));
    assert.deepEqual(
      run(groups, { 'request.path': '/b' }).directive?.responseHeaderOperations.map(({ name }) => name),
      ['/b'],
    );
    assert.equal(run(groups).directive, undefined);
  });

  it("extends an adapter's own directive", () => {
    const combined = new CombinedCheck();
    const own = { name: 'own', value: 'v', operation: 'REPLACE' } as const;
    combined.add('h', {
      routeDirective: {
        requestHeaderOperations: [own],
        responseHeaderOperations: [],
        directResponseCode: 0,
        directResponseBody: '',
      },
    });
    run([{ request: [header('x', 'REMOVE')] }], {}, combined);
    assert.deepEqual(
      combined.directive?.requestHeaderOperations.map(({ name }) => name),
      ['own', 'x'],
    );
  });
});
