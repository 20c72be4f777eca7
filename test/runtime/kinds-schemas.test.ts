import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeSpec } from '../../src/config/index.js';
import {
  adapterInfoSchema,
  handlerSchema,
  instanceSchema,
  manifestSchema,
  ruleSchema,
  templateInfoSchema,
} from '../../src/runtime/kinds-schemas.js';
import type { MessageSchema } from '../../src/util/schema.js';
import { doc, resourcesOf } from '../support/toys.js';

function decode<T>(schema: MessageSchema<T>, spec: string): { value: T; codes: readonly string[] } {
  const { value, diagnostics } = decodeSpec(resourcesOf(doc('any', 'a', spec))[0]!, schema);
  return { value, codes: diagnostics.map(({ code }) => code) };
}

describe('ruleSchema', () => {
  it('reads header operations by number and by name, in snake case', () => {
    const { value, codes } = decode(
      ruleSchema,
      '{ request_header_operations: [{ name: a, values: [x], operation: 2 }, { name: b, operation: REMOVE }, { name: c }] }',
    );
    assert.deepEqual(codes, []);
    assert.deepEqual(
      value.requestHeaderOperations.map(({ operation }) => operation),
      ['APPEND', 'REMOVE', 'REPLACE'],
    );
  });

  it('accepts sampling whatever it holds', () => {
    const sampling =
      '{ random: { percentSampled: { numerator: 1, denominator: HUNDRED } }, rateLimit: { samplingRate: 3 } }';
    assert.deepEqual(decode(ruleSchema, `{ sampling: ${sampling} }`).codes, []);
  });

  it('refuses unknown fields', () => {
    assert.deepEqual(decode(ruleSchema, '{ actions: [{ handlers: h }] }').codes, ['UNKNOWN_FIELD']);
  });
});

describe('handlerSchema', () => {
  it('accepts a name and a connection', () => {
    const { value, codes } = decode(
      handlerSchema,
      '{ name: x, adapter: a, connection: { address: "a:1", timeout: 2s, authentication: { tls: { tokenPath: /t } } } }',
    );
    assert.deepEqual(codes, []);
    assert.equal(value.connection?.timeout?.seconds, 2);
  });
});

describe('instanceSchema', () => {
  it('accepts a name and attribute bindings', () => {
    const { value, codes } = decode(instanceSchema, '{ name: x, compiledTemplate: t, attribute_bindings: { a.b: c } }');
    assert.deepEqual(codes, []);
    assert.equal(value.attributeBindings.get('a.b'), 'c');
  });
});

describe('manifestSchema', () => {
  it('reads value types by name and number', () => {
    const { value, codes } = decode(
      manifestSchema,
      '{ attributes: { a: { valueType: INT64 }, b: { value_type: 11 } } }',
    );
    assert.deepEqual(codes, []);
    assert.deepEqual(
      [...value.attributes].map(([name, { valueType }]) => [name, valueType]),
      [
        ['a', 'INT64'],
        ['b', 'STRING_MAP'],
      ],
    );
  });

  it('refuses a type that does not exist', () => {
    assert.equal(decode(manifestSchema, '{ attributes: { a: { valueType: TEXT } } }').codes.length, 1);
  });
});

describe('adapterInfoSchema and templateInfoSchema', () => {
  it('read what mixgen writes', () => {
    const info = '{ description: ~, session_based: false, templates: [keyval], config: Q2c= }';
    assert.deepEqual(decode(adapterInfoSchema, info).codes, []);
    assert.deepEqual(decode(templateInfoSchema, '{ descriptor: Q2c= }').codes, []);
  });
});
