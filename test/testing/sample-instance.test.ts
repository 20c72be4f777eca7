import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { authorization, kubernetes, metric, templates } from 'fairlead/templates';
import { sampleInstance, sampleName, sampleTypes } from 'fairlead/testing';

describe('sampleInstance()', () => {
  test('fills in every field of every template', () => {
    for (const template of templates) {
      const instance = sampleInstance(template) as Readonly<Record<string, unknown>>;
      assert.equal(instance['name'], sampleName(template));
      for (const field of Object.keys(template.fields)) assert.notEqual(instance[field], undefined, field);
    }
  });

  test('takes given values over its own', () => {
    const instance = sampleInstance(metric, { name: 'a.metric.b', value: 3n });
    assert.deepEqual([instance.name, instance.value, instance.monitoredResourceType], ['a.metric.b', 3n, 'text']);
  });

  test('makes maps without a prototype, nested ones too', () => {
    const { subject } = sampleInstance(authorization);
    assert.equal(Object.getPrototypeOf(subject.properties), null);
    assert.equal(subject.properties['count'], 7n);
  });
});

describe('sampleTypes()', () => {
  test('infers types from values, and from the template where it fixes them', () => {
    assert.deepEqual(Object.entries(sampleTypes(metric, sampleInstance(metric, { value: 1.5 })).dimensions), [
      ['text', 'STRING'],
      ['count', 'INT64'],
      ['ratio', 'DOUBLE'],
      ['flag', 'BOOL'],
      ['time', 'TIMESTAMP'],
      ['elapsed', 'DURATION'],
      ['address', 'IP_ADDRESS'],
      ['labels', 'STRING_MAP'],
    ]);
    assert.equal(sampleTypes(metric, sampleInstance(metric, { value: 1.5 })).value, 'DOUBLE');
    assert.equal(sampleTypes(metric, sampleInstance(metric, { value: undefined })).value, 'VALUE_TYPE_UNSPECIFIED');
    assert.equal(sampleTypes(kubernetes, sampleInstance(kubernetes)).sourceIp, 'IP_ADDRESS');
    assert.equal(sampleTypes(authorization, sampleInstance(authorization)).action.properties['flag'], 'BOOL');
  });
});
