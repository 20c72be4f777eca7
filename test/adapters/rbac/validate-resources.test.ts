import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import rbac from 'fairlead/adapters/rbac';
import { decodeResources } from 'fairlead/testing';
import type { RbacResources } from '../../../src/adapters/rbac/kinds.js';
import { doc } from './support.js';

const role = doc('ServiceRole', 'r', "{ rules: [{ services: ['*'] }] }");
const binding = (fields: string, name = 'b', namespace = 'ns') =>
  doc('ServiceRoleBinding', name, `{ ${fields} }`, namespace);
const ref = 'roleRef: { kind: ServiceRole, name: r }';
const ann = 'subjects: [{ user: ann }]';

describe('validateResources', () => {
  const refused: readonly (readonly [yaml: string, place: string, words: string])[] = [
    [role + binding(`${ann}, roleRef: { kind: Role, name: r }`), '7:53: error', 'must be ServiceRole, not "Role"'],
    [role + binding(`${ann}, roleRef: { name: r }`), '7:45: error', 'must be ServiceRole, not ""'],
    [role + binding(ann), '7:7: error', 'must be ServiceRole, not ""'],
    [role + binding(`${ann}, roleRef: { kind: ServiceRole }`), '7:45: error', 'must name a role'],
    [role + binding(`${ann}, roleRef: { kind: ServiceRole, name: q }`), '7:72: error', "no ServiceRole 'q' in namespace 'ns'"],
    [role + binding(`${ann}, ${ref}`, 'b', 'else'), '7:72: error', "no ServiceRole in namespace 'else'"],
    [role + binding(`subjects: [{ ips: [1.2.3.4, here] }], ${ref}`), '7:37: error', 'not "here"'],
    [role + binding(`subjects: [{ properties: { source.ip: here } }], ${ref}`), '7:47: error', 'not "here"'],
  ]; // prettier-ignore
  for (const [yaml, place, words] of refused) {
    it(`refuses a binding: ${words}`, () => {
      const { resources, problems } = decodeResources(rbac, yaml);
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.ok(problems[0]!.startsWith(`resources.yaml:${place} CONFIG_INVALID`), problems[0]);
      assert.ok(problems[0]!.includes(words), problems[0]);
      assert.equal(resources['ServiceRole']?.length, 1);
      assert.deepEqual(resources['ServiceRoleBinding'], []);
    });
  }

  it('refuses a role with a constraint on an address that is none', () => {
    const rule = "{ services: ['*'], constraints: [{ key: destination.ip, values: [10.*] }] }";
    const { resources, problems } = decodeResources(rbac, doc('ServiceRole', 'q', `{ rules: [${rule}] }`));
    assert.match(problems[0]!, /^resources\.yaml:3:\d+: error CONFIG_INVALID: must be an IP address.*not "10\.\*"/);
    assert.deepEqual(resources['ServiceRole'], []);
  });

  const warned: readonly (readonly [yaml: string, words: string])[] = [
    [doc('ServiceRole', 'q', '{ rules: [{ methods: [GET] }] }'), 'names no services'],
    [role + binding(ref), 'the binding names nobody'],
    [role + binding(`subjects: [{}], ${ref}`), 'the subject names nobody'],
    [role + binding(`subjects: [{ names: [ann, ''] }], ${ref}`), 'the name is empty'],
    [doc('RbacConfig', 'default', '{ mode: \'ON\' }'), 'has no effect:'],
    [doc('ClusterRbacConfig', 'mine', '{ mode: \'ON\' }'), 'has no effect:'],
    [doc('ClusterRbacConfig', 'default', '{}') + doc('RbacConfig', 'default', '{}', 'istio-system'), "('default.ns' does)"],
    [doc('ClusterRbacConfig', 'default', '{ mode: ON_WITH_INCLUSION }'), 'includes nothing'],
  ]; // prettier-ignore
  for (const [yaml, words] of warned) {
    it(`warns and keeps: ${words}`, () => {
      const { resources, problems } = decodeResources(rbac, yaml);
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0]!, /: warning CONFIG_INVALID: /);
      assert.ok(problems[0]!.includes(words), problems[0]);
      assert.equal(Object.values(resources).flat().length, yaml.split('kind: ').length - 1 - yaml.split('roleRef: {').length + 1); // prettier-ignore
    });
  }

  it('lets the later of two roles with one name count, with a warning', () => {
    const { resources, problems } = decodeResources(rbac, role + doc('ServiceRole', 'r', '{ rules: [] }'));
    assert.match(problems.join('\n'), /^resources\.yaml:6:\d+: warning DUPLICATE_RESOURCE/);
    assert.deepEqual((resources as RbacResources).ServiceRole.map(({ spec }) => spec.rules), [[]]); // prettier-ignore
  });

  it('refuses fields that a role does not have', () => {
    const { problems } = decodeResources(rbac, doc('ServiceRole', 'r', '{ rules: [{ verbs: [GET] }] }'));
    assert.match(problems[0]!, /^resources\.yaml:3:\d+: error UNKNOWN_FIELD/);
  });
});
