import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeSpec } from '../../../src/config/index.js';
import { paramsSchema } from '../../../src/runtime/snapshot/params-schema.js';
import { doc, everything, metric, pods, resourcesOf } from '../../support/toys.js';

const spec = (text: string) => resourcesOf(doc('x', 'a', text))[0]!;

describe('paramsSchema', () => {
  it('reads an expression per field, whatever its type', () => {
    const text = '{ count: "1", start_time: request.time, tags: { a: b }, subject: { user: u, properties: { p: q } } }';
    const { value, diagnostics } = decodeSpec(spec(text), paramsSchema(everything, 'plain'));
    assert.deepEqual(diagnostics, []);
    assert.equal(value['count'], '1');
    assert.equal(value['startTime'], 'request.time');
    assert.equal((value['tags'] as ReadonlyMap<string, string>).get('a'), 'b');
    assert.equal((value['subject'] as { user: string }).user, 'u');
  });

  for (const text of [
    '{ value: 1 }',
    '{ value: true }',
    '{ dimensions: { a: 1 } }',
    '{ dimensions: [] }',
    '{ nope: a }',
  ]) {
    it(`refuses ${text}`, () => {
      assert.equal(decodeSpec(spec(text), paramsSchema(metric, 'plain')).diagnostics.length, 1);
    });
  }

  it('has attribute bindings beside the params of a legacy generator only', () => {
    const bound = spec('{ attribute_bindings: { a.b: c } }');
    assert.deepEqual(decodeSpec(bound, paramsSchema(pods, 'legacy')).diagnostics, []);
    assert.equal(decodeSpec(bound, paramsSchema(pods, 'plain')).diagnostics.length, 1);
    assert.equal(decodeSpec(bound, paramsSchema(metric, 'legacy')).diagnostics.length, 1);
  });

  it('is made once per template', () => {
    assert.equal(paramsSchema(metric, 'plain'), paramsSchema(metric, 'plain'));
  });
});
