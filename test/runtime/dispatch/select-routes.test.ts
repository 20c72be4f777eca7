import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { selectRoutes } from '../../../src/runtime/dispatch/select-routes.js';
import type { Value } from '../../../src/attributes/index.js';
import { bagOf, tableOf } from '../../support/dispatch-fixture.js';

const table = tableOf({ steps: [] }, { src: { steps: [] }, dst: { steps: [] }, constructor: { steps: [] } });
const namespaces = { 'source.namespace': 'src', 'destination.namespace': 'dst' };

const rows: readonly (readonly [title: string, values: Record<string, Value>, namespace: string, refs: string[]])[] = [
  [
    'inbound belongs to the destination',
    { 'context.reporter.kind': 'inbound', ...namespaces },
    'dst',
    ['context.reporter.kind', 'destination.namespace'],
  ],
  [
    'outbound belongs to the source',
    { 'context.reporter.kind': 'outbound', ...namespaces },
    'src',
    ['context.reporter.kind', 'source.namespace'],
  ],
  ['no kind belongs to the destination', namespaces, 'dst', ['-context.reporter.kind', 'destination.namespace']],
  [
    'a kind that is no text belongs to the destination',
    { 'context.reporter.kind': true, ...namespaces },
    'dst',
    ['context.reporter.kind', 'destination.namespace'],
  ],
  [
    'another kind belongs nowhere',
    { 'context.reporter.kind': 'sideways', ...namespaces },
    '',
    ['context.reporter.kind'],
  ],
  ['an empty kind belongs nowhere', { 'context.reporter.kind': '', ...namespaces }, '', ['context.reporter.kind']],
  [
    'a namespace without rules has those of the default',
    { 'destination.namespace': 'x' },
    '',
    ['-context.reporter.kind', 'destination.namespace'],
  ],
  ['no namespace has the rules of the default', {}, '', ['-context.reporter.kind', '-destination.namespace']],
  [
    'a namespace that is no text is none',
    { 'destination.namespace': 7n },
    '',
    ['-context.reporter.kind', 'destination.namespace'],
  ],
  [
    'a namespace may be called constructor',
    { 'destination.namespace': 'constructor' },
    'constructor',
    ['-context.reporter.kind', 'destination.namespace'],
  ],
  [
    'a namespace called __proto__ is like any other',
    { 'destination.namespace': '__proto__' },
    '',
    ['-context.reporter.kind', 'destination.namespace'],
  ],
];

describe('selectRoutes()', () => {
  for (const [title, values, namespace, references] of rows) {
    it(title, () => {
      const bag = bagOf(values);
      assert.equal(selectRoutes(table, bag), namespace === '' ? table.fallback : table.namespaces.get(namespace));
      const read = bag
        .captureReferences()
        .list()
        .map(({ name, condition }) => `${condition === 'ABSENCE' ? '-' : ''}${name}`);
      assert.deepEqual(read, references);
    });
  }
});
