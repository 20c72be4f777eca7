import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { standardManifest } from '../../../src/attributes/index.js';
import { decodeSpec } from '../../../src/config/index.js';
import { Expressions } from '../../../src/runtime/snapshot/expressions.js';
import { ShapeBuilder } from '../../../src/runtime/snapshot/instance-shape.js';
import { buildVocabulary } from '../../../src/runtime/snapshot/manifests.js';
import { paramsSchema } from '../../../src/runtime/snapshot/params-schema.js';
import type { Template } from '../../../src/sdk/index.js';
import { doc, everything, metric, places, resourcesOf } from '../../support/toys.js';

function shape(template: Template, spec: string) {
  const [resource] = resourcesOf(doc('x', 'a', spec));
  const { vocabulary } = buildVocabulary(standardManifest, [], []);
  const expressions = new Expressions(vocabulary, { isReported: (name) => name === 'reported.one' });
  const { value } = decodeSpec(resource!, paramsSchema(template, 'plain'));
  return new ShapeBuilder(resource!, expressions).build(template.fields, value, 'spec');
}
const labels = (template: Template, spec: string) =>
  shape(template, spec).diagnostics.map(({ code, path }) => `${code} ${path}`);

describe('ShapeBuilder', () => {
  it('infers the types of dynamic fields', () => {
    const { inferred, diagnostics } = shape(
      metric,
      '{ value: response.size, dimensions: { a: source.ip, b: \'"x"\' } }',
    );
    assert.deepEqual(diagnostics, []);
    assert.equal(inferred['value'], 'INT64');
    assert.deepEqual({ ...(inferred['dimensions'] as object) }, { a: 'IP_ADDRESS', b: 'STRING' });
  });

  it('infers no type for a dynamic field that is not set', () => {
    const { inferred, fields } = shape(metric, '{ value: "" }');
    assert.equal(inferred['value'], 'VALUE_TYPE_UNSPECIFIED');
    assert.equal(fields[0]!.value, undefined);
  });

  it('keeps hostile dimension names as plain names', () => {
    const { inferred } = shape(metric, '{ dimensions: { __proto__: response.size, constructor: source.ip } }');
    const dimensions = inferred['dimensions'] as Record<string, string>;
    assert.deepEqual(Object.keys(dimensions), ['__proto__', 'constructor']);
    assert.equal(Object.getPrototypeOf(dimensions), null);
  });

  it('takes exactly the declared type of every typed field', () => {
    const right = `{ text: source.uid, count: response.size, ratio: "1.5", secure: connection.mtls, startTime: request.time,
      took: response.duration, sourceIp: source.ip, host: 'dnsName("a")', mail: 'email("a@b")', link: 'uri("a:b")',
      labels: source.labels, any: response.code, tags: { t: source.uid }, subject: { user: source.uid } }`;
    assert.deepEqual(labels(everything, right), []);
  });

  it('names each wrong field as its YAML path', () => {
    const wrong = `{ text: "1", count: source.uid, ratio: "1", secure: source.uid, start_time: source.uid, took: "1",
      source_ip: source.uid, host: source.uid, mail: source.uid, link: source.uid, labels: source.uid,
      tags: { t: "1" }, subject: { user: "1", properties: { p: nope } } }`;
    const paths = ['text', 'count', 'ratio', 'secure', 'startTime', 'took', 'sourceIp', 'host', 'mail', 'link', 'labels', 'tags.t', 'subject.user']; // prettier-ignore
    assert.deepEqual(labels(everything, wrong), [
      ...paths.map((path) => `TYPE_MISMATCH x 'a.ns' ${path}`),
      "EXPRESSION_INVALID x 'a.ns' subject.properties.p",
    ]);
  });

  it('points to the expression in the file', () => {
    const { diagnostics } = shape(metric, '{ monitored_resource_type: "1", dimensions: { "a.b": nope } }');
    assert.deepEqual(places(diagnostics), ['3:60 error EXPRESSION_INVALID', '3:34 error TYPE_MISMATCH']);
  });

  it('refuses an empty expression in a map', () => {
    assert.deepEqual(labels(metric, '{ dimensions: { a: "" } }'), ["EXPRESSION_INVALID x 'a.ns' dimensions.a"]);
  });

  it('is silent about attributes that have been reported', () => {
    const { diagnostics, silent } = shape(metric, '{ value: reported.one }');
    assert.deepEqual([diagnostics, silent], [[], true]);
  });
});
