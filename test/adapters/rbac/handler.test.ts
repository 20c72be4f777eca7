import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration } from 'fairlead/sdk';
import { type Asked, denied, doc, open, roleFor } from './support.js';

const all = "{ services: ['*'] }";
const ann = '{ user: ann }';

describe('the decision', () => {
  it('is no where nothing allows, and says for how long', async () => {
    const { ask } = await open('');
    assert.deepEqual(await ask({}), {
      status: { code: 7, message: denied },
      validDuration: Duration.fromSeconds(60),
      validUseCount: 1_000_000_000,
    });
  });

  it('is yes for the same time', async () => {
    const { ask } = await open(roleFor(ann, all), 'cacheDuration: 5s');
    assert.deepEqual(await ask({ user: 'ann' }), {
      validDuration: Duration.fromSeconds(5),
      validUseCount: 1_000_000_000,
    });
  });

  it('needs rule and subject of the same role', async () => {
    const { text } = await open(
      roleFor(ann, '{ services: [a] }') + roleFor('{ user: bob }', '{ services: [b] }', { name: 'q' }),
    );
    assert.equal(await text({ user: 'ann', service: 'a' }), 'allowed');
    assert.equal(await text({ user: 'ann', service: 'b' }), denied);
    assert.equal(await text({ user: 'bob', service: 'b' }), 'allowed');
  });

  it('looks at roles of the service’s namespace only', async () => {
    const { text } = await open(roleFor(ann, all));
    assert.equal(await text({ user: 'ann', namespace: 'other' }), denied);
  });

  it('takes every binding of a role, and every rule', async () => {
    const second = doc(
      'ServiceRoleBinding',
      'b2',
      '{ subjects: [{ user: bob }], roleRef: { kind: ServiceRole, name: r } }',
    );
    const { text } = await open(roleFor(ann, '{ services: [a] }, { services: [b, c*] }') + second);
    for (const user of ['ann', 'bob']) {
      for (const service of ['a', 'b', 'cd']) assert.equal(await text({ user, service }), 'allowed');
      assert.equal(await text({ user, service: 'd' }), denied);
    }
  });

  it('is no for a role without a binding', async () => {
    const { text } = await open(doc('ServiceRole', 'r', `{ rules: [${all}] }`));
    assert.equal(await text({ user: 'ann' }), denied);
  });

  for (const missing of ['namespace', 'service', 'path', 'method'] as const) {
    it(`is no, with an error in the log, without ${missing}`, async () => {
      const { text, env } = await open(roleFor("{ user: '*' }", all));
      assert.equal(await text({ [missing]: '' }), denied);
      assert.deepEqual(env.logged, [
        {
          level: 'error',
          message: 'authorization instance is incomplete',
          fields: { instance: 'a.authorization.ns', missing: `action.${missing}` },
        },
      ]);
    });
  }

  it('survives names like parts of objects', async () => {
    const { text } = await open(roleFor('{ user: __proto__ }', '{ services: [constructor] }', { name: 'toString' }));
    assert.equal(await text({ user: '__proto__', service: 'constructor' }), 'allowed');
    assert.equal(await text({ user: 'constructor', service: '__proto__' }), denied);
  });
});

describe('the role table of Mixer’s own tests', () => {
  const yaml =
    roleFor(
      '{ user: alice }, { properties: { service: reviews, namespace: abc } }',
      "{ services: [products], methods: ['*'], constraints: [{ key: version, values: [v1, v2] }] }",
      { name: 'products' },
    ) +
    roleFor("{ user: '*' }", '{ services: [fish*], paths: [/pond/*], methods: [GET] }', { name: 'fish' }) +
    roleFor(
      '{ user: carol, properties: { service: reviews } }',
      "{ services: ['*/review'], methods: [GET] }",
      { name: 'review' },
    ); // prettier-ignore
  const products = (version: string, user: string, service: string): Asked => ({
    service: 'products',
    method: 'POST',
    path: '/somepath',
    to: { version },
    user,
    from: { namespace: 'abc', service },
  });
  const table: readonly (readonly [asked: Asked, allowed: boolean])[] = [
    [products('v2', 'bob', 'reviews'), true],
    [products('v2', 'alice', 'svc1'), true],
    [products('v2', 'bob', 'svc1'), false],
    [products('v3', 'bob', 'reviews'), false],
    [{ service: 'fishpond', path: '/pond/a' }, true],
    [{ service: 'fishpond', path: '/lake/a' }, false],
    [{ service: 'pond', path: '/pond/a' }, false],
    [{ service: 'books/review', user: 'carol', from: { service: 'reviews' } }, true],
    [{ service: 'books/review', user: 'carol' }, false],
    [{ service: 'books/review', user: 'dave', from: { service: 'reviews' } }, false],
  ];
  for (const [asked, allowed] of table) {
    it(`${allowed ? 'allows' : 'denies'} ${JSON.stringify(asked)}`, async () => {
      assert.equal(await (await open(yaml)).text(asked), allowed ? 'allowed' : denied);
    });
  }
});

describe('what is protected', () => {
  it('is nothing when it is off, and nothing is complained about', async () => {
    const { text, env } = await open(doc('ClusterRbacConfig', 'default', "{ mode: 'OFF' }"));
    assert.equal(await text({ path: '' }), 'allowed');
    assert.deepEqual(env.logged, []);
  });

  it('is whatever an incomplete instance may be about', async () => {
    const yaml = doc('ClusterRbacConfig', 'default', '{ mode: ON_WITH_INCLUSION, inclusion: { services: [a] } }');
    const { text } = await open(yaml);
    assert.equal(await text({ namespace: '' }), denied);
    assert.equal(await text({ service: '' }), denied);
    assert.equal(await text({ service: 'b', path: '' }), 'allowed');
    assert.equal(await text({ service: 'a', path: '' }), denied);
  });

  it('follows inclusion and exclusion', async () => {
    const some = doc('ClusterRbacConfig', 'default', '{ mode: ON_WITH_INCLUSION, inclusion: { services: [a] } }');
    const others = doc('ClusterRbacConfig', 'default', '{ mode: ON_WITH_EXCLUSION, exclusion: { services: [a] } }');
    assert.equal(await (await open(some)).text({ service: 'a' }), denied);
    assert.equal(await (await open(some)).text({ service: 'b' }), 'allowed');
    assert.equal(await (await open(others)).text({ service: 'a' }), 'allowed');
    assert.equal(await (await open(others)).text({ service: 'b' }), denied);
  });
});

describe('a permissive binding', () => {
  const yaml = roleFor(ann, all, { name: 'trial', mode: 'PERMISSIVE' }) + roleFor('{ user: bob }', all);
  const count = (code: number, id: string) =>
    `rbac_permissive_responses_total{effective_policy_id="${id}",response_code="${code}"}`;

  it('allows nothing and tells what it would', async () => {
    const { text, ask, env } = await open(yaml);
    assert.equal(await text({ user: 'ann' }), 'RBAC: permission denied. (permissive: 200, trial)');
    assert.equal(await text({ user: 'bob' }), 'RBAC: allowed. (permissive: 403, none)');
    assert.equal((await ask({ user: 'bob' })).status?.code, 0);
    assert.equal(await text({ user: 'carl' }), 'RBAC: permission denied. (permissive: 403, none)');
    assert.deepEqual([...env.measured], [[count(200, 'trial'), 1], [count(403, 'none'), 3]]); // prettier-ignore
    assert.deepEqual(env.logged[0], {
      level: 'info',
      message: 'permissive policy evaluated',
      fields: {
        response_code: '200',
        effective_policy_id: 'trial',
        allowed: false,
        namespace: 'ns',
        service: 'svc',
        method: 'GET',
        path: '/',
      },
    });
  });

  it('says nothing about services and namespaces that it is not for', async () => {
    const { text, env } = await open(
      roleFor(ann, '{ services: [a] }', { name: 'trial', mode: 'PERMISSIVE' }) + roleFor('{ user: bob }', all),
    );
    assert.equal(await text({ service: 'a', namespace: 'other' }), denied);
    assert.equal(await text({ service: 'b' }), denied);
    assert.equal(await text({ service: 'b', user: 'bob' }), 'allowed');
    assert.equal(env.measured.size, 0);
    assert.equal(await text({ service: 'a', user: 'bob' }), 'RBAC: allowed. (permissive: 403, none)');
  });

  it('writes ten lines a second and counts all', async () => {
    const { ask, env } = await open(yaml);
    for (let turn = 0; turn < 25; turn += 1) await ask({ user: 'ann' });
    assert.equal(env.logged.length, 10);
    await env.clock.advance(1000);
    await ask({ user: 'ann' });
    assert.equal(env.logged[10]!.fields['dropped'], 15);
    assert.equal(env.measured.get(count(200, 'trial')), 26);
  });
});

describe('a permissive configuration', () => {
  const config = doc('ClusterRbacConfig', 'default', "{ mode: 'ON', enforcement_mode: PERMISSIVE }");

  it('allows everything and tells what all bindings would do', async () => {
    const { text } = await open(config + roleFor(ann, all));
    assert.equal(await text({ user: 'ann' }), 'RBAC: allowed. (permissive: 200, r)');
    assert.equal(await text({ user: 'bob' }), 'RBAC: allowed. (permissive: 403, none)');
  });

  it('tells about incomplete instances too, and allows them', async () => {
    const { text, env } = await open(config);
    assert.equal(await text({ path: '' }), 'RBAC: allowed. (permissive: 403, none)');
    assert.deepEqual(env.logged.map(({ level }) => level), ['error', 'info']); // prettier-ignore
  });
});
