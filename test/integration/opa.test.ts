import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import opaAdapter from 'fairlead/adapters/opa';
import { templates } from 'fairlead/templates';
import { runScenario } from 'fairlead/testing';
import { decisions } from '../adapters/opa/decisions.js';
import { buildOpa, statusOf } from '../adapters/opa/setup.js';
import { runCli } from '../support/cli-process.js';
import { peer } from '../support/peer.js';
import { compiledFile, compileFixture, regoData, regoFixtures, regoSource } from '../support/rego.js';
import { tempFolder } from '../support/temp-folder.js';

const opa = peer('opa', 'scripts/peers.sh builds it where Go is');
const cacheFolder = tempFolder();
// The command line keeps what it compiled below it.
process.env['HOME'] = tempFolder();
const update = process.env['UPDATE_FIXTURES'] === '1';

const inline = (policy: readonly string[], checkMethod: string, failClose = false): string =>
  JSON.stringify({ policy, checkMethod, failClose, cacheFolder });
const sourcesOf = (fixture: string): readonly string[] =>
  regoFixtures.find(({ name }) => name === fixture)!.modules.map(regoSource);

describe('policies compiled by a real opa', () => {
  for (const { title, fixture, query, request, open, closed } of decisions) {
    it(`answer ${title} as the committed module does (${fixture}, ${query})`, opa, async () => {
      for (const failClose of [false, true]) {
        const { ask } = await buildOpa(inline(sourcesOf(fixture), query, failClose));
        assert.equal(statusOf(ask(request)), failClose ? closed : open);
      }
    });
  }

  it('are those of the test corpus', opa, () => {
    for (const fixture of regoFixtures) {
      const compiled = compileFixture(fixture);
      if (update) writeFileSync(compiledFile(fixture), compiled);
      else assert.ok(compiled.length > 0, fixture.name);
    }
  });

  it('find documents of the configuration', opa, async () => {
    const params = JSON.parse(inline(sourcesOf('data-driven'), 'data.mixerauthz.allow')) as object;
    const data = JSON.parse(regoData('data-driven.data.json')) as object;
    const { ask } = await buildOpa(JSON.stringify({ ...params, data }));
    assert.equal(statusOf(ask({ user: 'bucket-admins', method: 'storage.buckets.get' })), 'OK');
    assert.equal(statusOf(ask({ user: 'eve', method: 'storage.buckets.get' })), '7 opa: request was rejected');
  });

  it('may be asked for a document instead of a rule', opa, async () => {
    const params = JSON.parse(inline(['package a'], 'data.switches.open', true)) as object;
    const { ask } = await buildOpa(JSON.stringify({ ...params, data: { switches: { open: true } } }));
    assert.equal(statusOf(ask({})), 'OK');
  });

  it('leave a rule that is not there undefined', opa, async () => {
    const sources = sourcesOf('users-verbs');
    const open = await buildOpa(inline(sources, 'data.mixerauthz.nothing'));
    assert.equal(statusOf(open.ask({})), 'OK');
    const closed = await buildOpa(inline(sources, 'data.mixerauthz.nothing', true));
    assert.equal(statusOf(closed.ask({})), '7 opa: request was rejected');
  });

  const queries: readonly [query: string, open: string, closed: string][] = [
    ['data.p.yes', 'OK', 'OK'],
    ['data.p', 'OK', '7'],
    ['data.p.yes == true', 'OK', 'OK'],
    ['data.p.no == true', '7', '7'],
    ['data.p.yes; data.p.yes', 'OK', 'OK'],
    ['data.p.yes; data.p.no', 'OK', '7'],
    ['data.p.no; data.p.yes', '7', '7'],
    ['not data.p.no', 'OK', 'OK'],
    ['not data.p.yes', 'OK', '7'],
    ['data.p.list[_] == 2', 'OK', 'OK'],
    ['data.p.list[_] == 7', 'OK', '7'],
    ['data.p.list[_] > 1', 'OK', '7'],
    ['x = data.p.yes', 'OK', 'OK'],
    ['data.p.greeting with input as {"name": "ann"}', 'OK', 'OK'],
    ['data.p.yes # and a comment', 'OK', 'OK'],
    ['1', 'OK', '7'],
  ];
  const module = 'package p\nyes = true\nno = false\nlist = [1, 2, 3]\ngreeting { input.name == "ann" }\n';
  for (const [query, open, closed] of queries) {
    it(`answer the query ${query}`, opa, async () => {
      for (const failClose of [false, true]) {
        const { ask } = await buildOpa(inline([module], query, failClose));
        assert.equal(statusOf(ask({})).split(' ')[0], failClose ? closed : open);
      }
    });
  }

  const dialect: readonly [what: string, body: string][] = [
    ['output arguments', 'ok { trim(input.action.path, "/", x); x == "a/b" }'],
    ['else', 'ok = false { input.none } else = true { input.action.path }'],
    ['functions', 'f(x) = y { y = x + 1 }\nok { f(1) = 2 }'],
    ['partial objects and comprehensions', 'o[k] = v { k = "a"; v = 1 }\nok { count([x | x = o[_]]) == 1 }'],
    ['the old names of functions', 'ok { re_match("^/a", input.action.path) }'],
    ['sets without a function', 's = {1, 2}\nok { s[1] }'],
    ['with', 'ok { g with input as {"a": 1} }\ng { input.a = 1 }'],
  ];
  for (const [what, body] of dialect) {
    it(`speak the first version of the language: ${what}`, opa, async () => {
      const { ask } = await buildOpa(inline([`package p\n${body}\n`], 'data.p.ok', true));
      assert.equal(statusOf(ask({ path: '/a/b' })), 'OK');
    });
  }

  const bad: readonly [what: string, policy: readonly string[], query: string, message: RegExp][] = [
    ['no Rego', ['package a', 'bad policy'], 'data.a.b', /does not compile: .*opa_policy\.1:1: rego_parse_error/s],
    ['an unsafe variable', ['package a\nb { not c = 1 }'], 'data.a.b', /opa_policy\.0:2: rego_unsafe_var_error/],
    [
      'a function that could run forever',
      ['package a\nb { regex.split("(a+)+$", input.action.path, x); x[0] = "" }'],
      'data.a.b',
      /cannot be called here: regex\.split/,
    ],
    ['recursion', ['package a\nb { c }\nc { b }'], 'data.a.b', /rego_recursion_error/],
    ['a query that is none', ['package a'], 'data..a', /check_method:4: rego_parse_error/],
    [
      'a function that nobody lends',
      sourcesOf('missing-function'),
      'data.missing.allow',
      /cannot be called here: http/,
    ],
  ];
  for (const [what, policy, query, message] of bad) {
    it(`are refused with their place for ${what}`, opa, async () => {
      await assert.rejects(buildOpa(inline(policy, query)), message);
      const { ask, env } = await buildOpa(inline(policy, query, true));
      assert.equal(statusOf(ask({})), '7 opa: request was rejected');
      assert.match(String(env.logged[0]!.fields['error']), message);
    });
  }
});

describe('a configuration with inline Rego', () => {
  const config = (failClose: boolean, policy = regoSource('users-verbs')): string => `
kind: handler
metadata: { name: buckets, namespace: istio-system }
spec:
  compiledAdapter: opa
  params:
    checkMethod: data.mixerauthz.allow == true
    cacheFolder: ${cacheFolder}
    failClose: ${failClose}
    policy: ${JSON.stringify([policy])}
---
kind: authorization
metadata: { name: who, namespace: istio-system }
spec:
  subject: { user: source.user | "" }
  action: { method: api.operation | "" }
---
kind: rule
metadata: { name: authorize, namespace: istio-system }
spec:
  actions: [{ handler: buckets, instances: [who.authorization] }]
`;
  const calls = `
- check: { source.user: bucket-admins, api.operation: storage.buckets.get }
- check: { source.user: bucket-admins, api.operation: storage.buckets.put }
`;
  const serve = async (text: string) => {
    const { answers, diagnostics } = await runScenario({ config: text, calls, adapters: [opaAdapter], templates });
    return { diagnostics, statuses: answers.map((answer) => (answer as { readonly status: string }).status) };
  };
  const denied = 'PERMISSION_DENIED buckets.istio-system:opa: request was rejected';

  it('is served by the whole engine', opa, async () => {
    assert.deepEqual(await serve(config(false)), { diagnostics: [], statuses: ['OK', denied] });
  });

  it('is told what is wrong with a policy, and lets requests pass as the other handlers have it', opa, async () => {
    const { diagnostics, statuses } = await serve(config(false, 'bad policy'));
    assert.match(diagnostics.join(), /HANDLER_BUILD_FAILED.*opa_policy\.0:1: rego_parse_error/s);
    assert.deepEqual(statuses, ['OK', 'OK']);
  });

  it('denies everything when its policy is wrong and it fails closed', opa, async () => {
    assert.deepEqual(await serve(config(true, 'bad policy')), { diagnostics: [], statuses: [denied, denied] });
  });

  it('is served the same without opa once fairlead opa build has prepared it', opa, async () => {
    const folder = tempFolder({ 'config.yaml': config(true) });
    const output = join(folder, 'prepared');
    const { code, stderr } = await runCli(['opa', 'build', folder, '--output', output]);
    assert.deepEqual([code, stderr], [0, '']);
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      const prepared = readFileSync(join(output, 'config.yaml'), 'utf8');
      assert.deepEqual(await serve(prepared), { diagnostics: [], statuses: ['OK', denied] });
    } finally {
      process.env['PATH'] = path;
    }
  });
});
