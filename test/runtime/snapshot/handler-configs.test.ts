import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createKinds } from '../../../src/runtime/kinds.js';
import { compileHandler } from '../../../src/runtime/snapshot/handler-configs.js';
import { createToy, doc, places, resourcesOf } from '../../support/toys.js';

const kinds = createKinds([createToy('toy').adapter], []);

function compile(kind: string, spec: string) {
  const [resource] = resourcesOf(doc(kind, 'h', spec));
  const role = kinds.roleOf(kind);
  return compileHandler(resource!, role.role === 'handler' ? role.legacy : undefined, kinds);
}

describe('compileHandler', () => {
  it('decodes params by the schema of the adapter', () => {
    const { value, diagnostics } = compile('handler', '{ compiledAdapter: toy, params: { label: x } }');
    assert.deepEqual(diagnostics, []);
    assert.deepEqual([value!.key, value!.name], ['h.handler.ns', 'h.ns']);
    assert.deepEqual(value!.config, { label: 'x', limit: 7, nested: { list: [] } });
  });

  it('takes the legacy form, with a name of three parts', () => {
    const { value } = compile('toy', '{ label: x }');
    assert.deepEqual([value!.key, value!.name], ['h.toy.ns', 'h.toy.ns']);
  });

  it('takes a handler without params', () => {
    assert.deepEqual(compile('handler', '{ compiledAdapter: toy, params: }').diagnostics, []);
  });

  it('takes one that names both a compiled and another adapter as built in', () => {
    assert.notEqual(compile('handler', '{ compiledAdapter: toy, adapter: other }').value, undefined);
  });

  it('fingerprints the decoded params', () => {
    const print = (spec: string): string => compile('toy', spec).value!.fingerprint;
    assert.equal(print('{ label: none, limit: 7 }'), print('{}'));
    assert.notEqual(print('{ limit: 8 }'), print('{}'));
  });

  const refused: readonly (readonly [string, string, string, string])[] = [
    ['handler', '{ compiledAdapter: nope }', '3:26 error UNKNOWN_ADAPTER', "there is no adapter 'nope'; known are toy"],
    ['handler', '{ adapter: mine, connection: { address: "a:1" } }', '3:18 error NOT_SUPPORTED_YET', "('mine')"],
    ['handler', '{ params: {} }', '3:7 error FIELD_VALUE', 'names no compiledAdapter'],
    ['handler', '{ compiledAdapter: toy, params: { nope: 1 } }', '3:41 error UNKNOWN_FIELD', 'nope'],
    ['handler', '{ compiledAdapter: toy, params: { limit: -1 } }', '3:48 error CONFIG_INVALID', 'must not be negative'],
    ['toy', '{ nested: { list: [good, bad] } }', '3:32 error CONFIG_INVALID', 'is bad'],
    ['toy', '{ label: explode }', '3:7 error CONFIG_INVALID', 'validate exploded'],
  ];
  for (const [kind, spec, place, words] of refused) {
    it(`refuses ${kind} ${spec}`, () => {
      const { value, diagnostics } = compile(kind, spec);
      assert.equal(value, undefined);
      assert.deepEqual(places(diagnostics), [place]);
      assert.ok(diagnostics[0]!.message.includes(words), diagnostics[0]!.message);
    });
  }
});
