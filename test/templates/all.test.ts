import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fields } from 'fairlead/sdk';
import * as exported from 'fairlead/templates';

const { templates, kubernetes, authorization, tracespan } = exported;

describe('templates', () => {
  test('are all that Mixer had built in, sorted by name', () => {
    const names = [
      ...['apikey', 'authorization', 'checknothing', 'edge', 'kubernetes', 'listentry', 'logentry', 'metric'],
      ...['quota', 'reportnothing', 'servicecontrolreport', 'tracespan'],
    ];
    assert.deepEqual(
      templates.map(({ name }) => name),
      names,
    );
  });

  test('are each exported under their own name', () => {
    for (const template of templates) {
      assert.equal((exported as Readonly<Record<string, unknown>>)[template.name], template);
    }
  });

  test('have the variety that decides how they are called', () => {
    const varieties = Object.fromEntries(templates.map(({ name, variety }) => [name, variety]));
    assert.deepEqual(varieties, {
      apikey: 'CHECK',
      authorization: 'CHECK',
      checknothing: 'CHECK',
      edge: 'REPORT',
      kubernetes: 'ATTRIBUTE_GENERATOR',
      listentry: 'CHECK',
      logentry: 'REPORT',
      metric: 'REPORT',
      quota: 'QUOTA',
      reportnothing: 'REPORT',
      servicecontrolreport: 'REPORT',
      tracespan: 'REPORT',
    });
  });

  test('have a display name that differs from the name by capitals only', () => {
    for (const { name, displayName } of templates) assert.equal(displayName.toLowerCase(), name);
  });

  test('name their fields in camel case', () => {
    const check = (fields: Fields): void => {
      for (const [name, field] of Object.entries(fields)) {
        assert.match(name, /^[a-z][A-Za-z0-9]*$/);
        if (field.kind === 'message') check(field.fields);
      }
    };
    for (const { fields, output } of templates) {
      check(fields);
      check(output);
    }
  });
});

describe('kubernetes', () => {
  test('puts its 23 outputs under the prefix that attribute bindings stand for', () => {
    assert.equal(kubernetes.outputPrefix, 'adapter_template_kubernetes.output.');
    assert.equal(Object.keys(kubernetes.output).length, 23);
    assert.equal(kubernetes.output.sourcePodIp.kind, 'ipAddress');
    assert.equal(kubernetes.output.destinationLabels.kind, 'stringMap');
  });
});

describe('authorization', () => {
  test('has a subject and an action, each with properties of any type', () => {
    assert.deepEqual(Object.keys(authorization.fields.subject.fields), ['user', 'groups', 'properties']);
    assert.deepEqual(Object.keys(authorization.fields.action.fields), [
      'namespace',
      'service',
      'method',
      'path',
      'properties',
    ]);
  });
});

describe('tracespan', () => {
  test('has the fields in the order in which they are evaluated', () => {
    assert.deepEqual(Object.keys(tracespan.fields).slice(4, 9), [
      'startTime',
      'endTime',
      'spanTags',
      'httpStatusCode',
      'clientSpan',
    ]);
  });
});
