import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildRoleTable } from '../../../src/adapters/rbac/role-table.js';
import { compileRule } from '../../../src/adapters/rbac/rule.js';
import { compileSubjects } from '../../../src/adapters/rbac/subject.js';
import { compileTexts } from '../../../src/adapters/rbac/text-match.js';
import { type Asked, instanceOf, resourcesOf, roleFor } from './support.js';

/** Numbers below a bound, the same each run. */
function createDice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

const services = ['a', 'ab', 'a*', '*b', '*', 'ba', '*a*'];
const subjects = [
  '{ user: u1 }',
  '{ user: u2 }',
  "{ user: '*' }",
  '{ user: u* }',
  '{ user: allAuthenticatedUsers }',
  '{ names: [u1, u3] }',
  '{ names: [u1, x*] }',
  '{ user: u1, group: g }',
  '{ user: u1, names: [u2] }',
  '{ group: g }',
  '{ notNames: [u1] }',
  '{ properties: { p: v } }',
];
const methods = ['[]', '[GET]', '[POST]'];

describe('buildRoleTable', () => {
  it('gives the roles that reading one rule after the other would give', () => {
    const roll = createDice(7);
    const pick = (list: readonly string[]): string => list[roll(list.length)]!;
    for (let round = 0; round < 100; round += 1) {
      const yaml = Array.from({ length: 1 + roll(4) }, (_, index) =>
        roleFor(pick(subjects), `{ services: ['${pick(services)}', '${pick(services)}'], methods: ${pick(methods)} }`, {
          name: `role-${index}`,
        }),
      ).join('');
      const resources = resourcesOf(yaml);
      const table = buildRoleTable(resources, false);
      for (let turn = 0; turn < 30; turn += 1) {
        const asked: Asked = {
          user: pick(['', 'u1', 'u2', 'u3', 'x', 'allAuthenticatedUsers']),
          groups: pick(['', 'g']),
          from: roll(2) === 0 ? {} : { p: 'v' },
          service: pick(['a', 'ab', 'ba', 'b', 'c', '*a']),
          method: pick(['GET', 'POST']),
        };
        const { subject, action } = toCall(asked);
        const expected = resources.ServiceRole.filter(({ name, spec }) => {
          const binding = resources.ServiceRoleBinding.find((one) => one.spec.roleRef.name === name)!;
          const rule = spec.rules[0]!;
          return (
            compileTexts(rule.services)(action.service) &&
            compileRule(rule)(action) &&
            compileSubjects(binding.spec.subjects)(subject)
          );
        }).map(({ name }) => name);
        const found = table.findEnforced(subject, action);
        const what = `${JSON.stringify(asked)}\n${yaml}`;
        assert.ok(found === undefined ? expected.length === 0 : expected.includes(found), what);
        assert.equal(table.findPermissive(subject, action), undefined);
      }
    }
  });

  it('takes every binding for one that only tells when told so', () => {
    const table = buildRoleTable(resourcesOf(roleFor('{ user: u1 }', '{ services: [a] }')), true);
    const { subject, action } = toCall({ user: 'u1', service: 'a' });
    assert.equal(table.findEnforced(subject, action), undefined);
    assert.equal(table.findPermissive(subject, action), 'r');
    assert.deepEqual([table.hasPermissive(action), table.hasPermissive({ ...action, service: 'b' })], [true, false]);
  });
});

function toCall(asked: Asked) {
  const { subject, action } = instanceOf(asked);
  const { namespace = '', service = '', method = '', path = '' } = action;
  return {
    subject: { user: subject.user ?? '', groups: subject.groups ?? '', properties: subject.properties },
    action: { namespace, service, method, path, properties: action.properties },
  };
}
