import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import rbac from 'fairlead/adapters/rbac';
import { decodeResources } from 'fairlead/testing';
import type { RbacResources } from '../../../src/adapters/rbac/kinds.js';
import { compileSubjects } from '../../../src/adapters/rbac/subject.js';
import { type Asked, doc, instanceOf, resourcesOf } from './support.js';

const role = doc('ServiceRole', 'r', "{ rules: [{ services: ['*'] }] }");

function isMeant(subjects: string, asked: Asked): boolean {
  const binding = `{ subjects: [${subjects}, { user: nobody }], roleRef: { kind: ServiceRole, name: r } }`;
  const { ServiceRoleBinding: bindings } = resourcesOf(role + doc('ServiceRoleBinding', 'b', binding));
  const { user = '', groups = '', properties } = instanceOf(asked).subject;
  return compileSubjects(bindings[0]!.spec.subjects)({ user, groups, properties });
}

describe('compileSubjects', () => {
  const abc = { 'source.namespace': 'abc' };
  const table: readonly (readonly [subject: string, asked: Asked, meant: boolean])[] = [
    ['{ user: ann }', { user: 'ann' }, true],
    ['{ user: ann }', { user: 'anna' }, false],
    ["{ user: '*' }", {}, true],
    ['{ user: cluster.local/ns/a/* }', { user: 'cluster.local/ns/a/sa/b' }, true],
    ['{ user: allAuthenticatedUsers }', { user: 'ann' }, true],
    ['{ user: allAuthenticatedUsers }', {}, false],
    ['{ names: [ann, bob] }', { user: 'bob' }, true],
    ["{ user: '*', notNames: [''] }", {}, false],
    ["{ user: '*', notNames: [bob] }", { user: 'bob' }, false],
    ["{ user: '*', notNames: [bob] }", { user: 'ann' }, true],
    ['{ group: staff }', { groups: 'staff' }, true],
    ['{ group: staff }', { groups: 'staff,admins' }, false],
    ['{ group: staff* }', { groups: 'staffers' }, false],
    ["{ group: '*' }", {}, true],
    ['{ groups: [staff, admins] }', { groups: 'admins' }, true],
    ['{ groups: [staff], notGroups: [staff] }', { groups: 'staff' }, false],
    ['{ user: ann, group: staff }', { user: 'ann', groups: 'staff' }, true],
    ['{ user: ann, group: staff }', { user: 'ann', groups: 'guests' }, false],
    ['{ user: ann, properties: { source.namespace: abc } }', { user: 'ann', from: abc }, true],
    ['{ user: ann, properties: { source.namespace: abc } }', { user: 'bob', from: abc }, false],
    ['{ properties: { source.namespace: abc, service: x } }', { from: { ...abc, service: 'x' } }, true],
    ['{ properties: { source.namespace: abc, service: x } }', { from: abc }, false],
    ['{ properties: { source.namespace: a* } }', { from: abc }, true],
    ["{ properties: { source.namespace: '*' } }", { from: abc }, true],
    ["{ properties: { source.namespace: '*' } }", { from: { 'source.namespace': '' } }, false],
    ["{ properties: { source.namespace: '*' } }", {}, false],
    ['{ properties: { source.ip: 10.0.0.0/8 } }', { from: { 'source.ip': Uint8Array.of(10, 1, 1, 1) } }, true],
    ['{ properties: { source.ip: 10.0.0.0/8 } }', { from: { 'source.ip': Uint8Array.of(11, 1, 1, 1) } }, false],
    ['{ namespaces: [abc, x] }', { from: abc }, true],
    ["{ user: '*', notNamespaces: [abc] }", { from: abc }, false],
    ["{ user: '*', notNamespaces: [abc] }", {}, false],
    ['{ ips: [10.0.0.0/8] }', { from: { 'source.ip': '10.1.1.1' } }, true],
    ["{ user: '*', notIps: [10.0.0.0/8] }", { from: { 'source.ip': '10.1.1.1' } }, false],
    ['{ user: ann }, { user: bob }', { user: 'bob' }, true],
  ];
  for (const [subject, asked, meant] of table) {
    it(`${meant ? 'finds' : 'does not find'} ${JSON.stringify(asked)} in ${subject}`, () => {
      assert.equal(isMeant(subject, asked), meant);
    });
  }

  it('does not mean those without a name by an empty one', () => {
    const named =
      role +
      doc('ServiceRoleBinding', 'b', "{ subjects: [{ names: [ann, ''] }], roleRef: { kind: ServiceRole, name: r } }");
    const { resources } = decodeResources(rbac, named);
    const isOneOf = compileSubjects((resources as RbacResources).ServiceRoleBinding[0]!.spec.subjects);
    const { properties } = instanceOf({}).subject;
    assert.equal(isOneOf({ user: '', groups: '', properties }), false);
    assert.equal(isOneOf({ user: 'ann', groups: '', properties }), true);
  });

  it('means nobody by nothing', () => {
    const nobody = { user: 'ann', groups: '', properties: instanceOf({}).subject.properties };
    assert.equal(compileSubjects([])(nobody), false);
  });
});
